// The replay beside the pictures: each tells the other where it is.

import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { workspaceID } from "../app/api";
import { Figure } from "../pictures/figure";
import { useChanges, usePlayhead } from "../pictures/playhead";

interface Word {
  gait: "time" | "seek";
  /** Unix ms. */
  at: number;
}

const isWord = (data: unknown): data is Word =>
  typeof data === "object" && data !== null && "gait" in data && "at" in data && typeof (data as Word).at === "number";

/** Steps of the pictures that are smaller than this are not worth a seek, in ms. */
const least = 30;

/** For so long after a seek the replay tells where it ended up, and not where it goes, in ms. */
const settling = 400;

export function Replay({ id, start }: { id: string; start: number }): JSX.Element {
  const head = usePlayhead();
  const frame = useRef<HTMLIFrameElement>(null);
  const told = useRef({ at: NaN, when: -Infinity });
  const ready = useRef(false);

  const tell = (at: number): void => {
    if (Math.abs(at - told.current.at) < least) return;
    told.current = { at, when: performance.now() };
    frame.current?.contentWindow?.postMessage({ gait: "seek", at: Math.round(start + at) } satisfies Word, location.origin);
  };

  useEffect(() => {
    const heard = (e: MessageEvent<unknown>): void => {
      if (e.origin !== location.origin || e.source !== frame.current?.contentWindow || !isWord(e.data)) return;
      if (e.data.gait !== "time") return;
      const at = e.data.at - start;
      if (!ready.current) {
        // Its first word: from now on it can be told where to go.
        ready.current = true;
        if (head.at > 0) tell(head.at);
        return;
      }
      if (performance.now() - told.current.when < settling) return;
      told.current.at = at;
      if (Math.abs(at - head.at) >= 1) head.seek(at, "replay");
    };
    addEventListener("message", heard);
    return () => removeEventListener("message", heard);
  }, [start]);

  useChanges(head, (c) => {
    if (ready.current && c.at && c.mover !== "replay") tell(head.at);
  });

  return (
    <Figure title="Replay" says="What was on the screen, with its text masked. It goes where the pictures go." class="picture-replay">
      <iframe
        ref={frame}
        class="replay-frame"
        title="Replay of the session"
        loading="lazy"
        src={`/replay/${id}?workspace=${workspaceID()}`}
      />
    </Figure>
  );
}
