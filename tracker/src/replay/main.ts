// replay.js: records what the visitor sees and does, masked, for the replay of a session.
// It asks rt.js for who this is before it keeps anything, so that it pauses where rt.js
// pauses, and ends when a session ends or consent is withdrawn.

import { record } from "@rrweb/record";
import { filter } from "./events";
import { HANDOVER, type Who } from "./load";
import { BOXES } from "./nodes";
import { sender, type Sender } from "./send";

const enum Ms {
  Look = 1_000, // for whether to record, when nothing happens
  Moves = 50,
  Scrolls = 150,
}

const take = (): Who | undefined => {
  const given = window as unknown as Record<symbol, Who | undefined>;
  const who = given[HANDOVER];
  delete given[HANDOVER];
  return typeof who === "function" ? who : undefined;
};

const start = (who: Who): void => {
  let failed = false;
  let stop: (() => void) | undefined;
  let out: (Sender & { next: () => number }) | undefined;
  let recorded = ""; // the page that is recorded
  let from = 0; // its next chunk

  const end = (drop: boolean): void => {
    stop?.();
    stop = undefined;
    from = out?.next() ?? 0;
    if (drop) out?.close();
    out = undefined;
  };

  const begin = (page: string): void => {
    if (page !== recorded) from = 0;
    recorded = page;
    const to = (out = sender(who, from, () => {
      failed = true;
      end(true);
    }));
    const keep = filter((id) => record.mirror.getNode(id));
    stop = record({
      emit: (event) => {
        // What was recorded of a session that has ended is dropped.
        if (out !== to || !look()) return;
        const kept = keep(event);
        if (kept) to.push(kept);
      },
      blockSelector: BOXES,
      maskAllInputs: true,
      maskInputFn: (text) => text, // events.ts masks, and knows more
      slimDOMOptions: "all",
      inlineStylesheet: true,
      collectFonts: false,
      recordCanvas: false,
      recordAfter: "DOMContentLoaded",
      recordCrossOriginIframes: false,
      sampling: { mousemove: Ms.Moves, scroll: Ms.Scrolls },
      errorHandler: () => true,
    });
  };

  // Reports whether to record at the moment, and sees to it.
  const look = (): boolean => {
    const [paused, sid, , page] = who();
    const wanted = !failed && !paused && sid !== "";
    if (out && (!wanted || page !== recorded)) {
      // What came before a pause was seen with the visitor's consent, if that still holds.
      if (wanted || sid === "") end(true);
      else {
        out.flush();
        end(false);
      }
    }
    if (wanted && !out) begin(page);
    return wanted;
  };

  look();
  setInterval(look, Ms.Look);
  const listen = (type: string, run: () => void): void => addEventListener(type, run, { capture: true, passive: true });
  listen("pagehide", () => look() && out?.leave());
  listen("visibilitychange", () => document.hidden && look() && out?.flush());
};

try {
  const who = take();
  if (who) start(who);
} catch {
  // A page that forbids even this is left alone.
}
