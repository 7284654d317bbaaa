// The action log: chunks of it are fetched as one comes to them, and only the
// entries in sight are in the document.

import type { JSX } from "preact";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { get, Problem, reason } from "../app/api";
import { count, plural } from "../app/format";
import { Card } from "../parts/page";
import { Failure, Skeleton } from "../parts/states";
import { after } from "../pictures/data";
import { useChanges, usePlayhead } from "../pictures/playhead";
import { clock } from "../pictures/words";
import type { LogChunk } from "./types";

interface Entry {
  t: number;
  text: string;
}

/** The height of an entry, and how many beyond the edges are in the document. */
const tall = 30;
const beyond = 8;

export function ActionLog({ id, events }: { id: string; events: number }): JSX.Element {
  const head = usePlayhead();
  const [entries, setEntries] = useState<Entry[]>([]);
  const [next, setNext] = useState<string | undefined>(undefined);
  const [cut, setCut] = useState(0);
  const [error, setError] = useState<Problem>();
  const [loaded, setLoaded] = useState(false);
  const [now, setNow] = useState(-1);
  const [view, setView] = useState({ top: 0, height: 0 });
  const box = useRef<HTMLDivElement>(null);
  const asking = useRef(false);

  const ask = useCallback(
    async (cursor: string, before: Entry[], signal?: AbortSignal): Promise<void> => {
      if (asking.current && cursor) return;
      asking.current = true;
      try {
        const chunk = await get<LogChunk>(`/sessions/${id}/log`, { query: { cursor }, ...(signal ? { signal } : {}) });
        setEntries([...before, ...(chunk.items ?? []).map((e) => ({ t: e.t_ms, text: e.text }))]);
        setNext(chunk.next || undefined);
        setCut(chunk.cut ?? 0);
        setError(undefined);
        setLoaded(true);
      } catch (e) {
        if (!signal?.aborted) setError(e instanceof Problem ? e : new Problem(0, reason(e)));
      } finally {
        asking.current = false;
      }
    },
    [id],
  );

  // A session that grew has a longer log: it is read anew, from the start.
  useEffect(() => {
    const stop = new AbortController();
    const timer = setTimeout(() => void ask("", [], stop.signal), loaded ? 3000 : 0);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [ask, events]);

  const measure = (): void => {
    const el = box.current;
    if (el) setView({ top: el.scrollTop, height: el.clientHeight });
  };
  useLayoutEffect(measure, [loaded]);
  useEffect(() => {
    if (!box.current) return;
    const watch = new ResizeObserver(measure);
    watch.observe(box.current);
    return () => watch.disconnect();
  }, [loaded]);

  const bottom = view.top + view.height;
  const playhead = head.at;
  useEffect(() => {
    const last = entries[entries.length - 1];
    const near = bottom > entries.length * tall - 600 || (last !== undefined && last.t < playhead);
    if (next && near && !error) void ask(next, entries);
  }, [next, bottom, entries, now]);

  const times = useMemo(() => entries.map((e) => e.t), [entries]);
  const current = (): number => after(times, head.at + 0.51) - 1;
  const reveal = (i: number): void => {
    const el = box.current;
    if (!el || i < 0) return;
    const top = i * tall;
    if (top < el.scrollTop || top + tall > el.scrollTop + el.clientHeight) el.scrollTop = top - el.clientHeight / 2 + tall / 2;
  };
  useChanges(head, (c) => {
    if (!c.at) return;
    const i = current();
    if (i === now) return;
    setNow(i);
    reveal(i);
  });

  const step = (by: number): void => {
    const i = Math.min(Math.max(now + by, 0), entries.length - 1);
    if (entries[i]) head.seek(entries[i].t);
    setNow(i);
    reveal(i);
  };
  const onKey = (e: KeyboardEvent): void => {
    const by: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -entries.length, End: entries.length };
    if (by[e.key] === undefined) return;
    e.preventDefault();
    e.stopPropagation();
    step(by[e.key]!);
  };

  const first = Math.max(Math.floor(view.top / tall) - beyond, 0);
  const last = Math.min(Math.ceil(bottom / tall) + beyond, entries.length);
  const rows: JSX.Element[] = [];
  for (let i = first; i < last; i++) {
    const e = entries[i]!;
    rows.push(
      <div
        key={i}
        id={`log-${i}`}
        class="log-row"
        role="option"
        aria-selected={i === now}
        aria-setsize={next ? -1 : entries.length}
        aria-posinset={i + 1}
        style={{ top: `${i * tall}px` }}
        onClick={() => {
          head.seek(e.t);
          setNow(i);
        }}
      >
        <span class="log-time num">{clock(e.t)}</span>
        <span class="log-text" title={e.text}>
          {e.text}
        </span>
      </div>,
    );
  }

  const shownNow = now >= first && now < last ? `log-${now}` : undefined;
  return (
    <Card title="Action log" aside={loaded && <span class="soft num">{next ? `first ${count(entries.length)}` : plural(entries.length + cut, "entry", "entries")}</span>} class="session-log">
      {cut > 0 && <p class="card-lead soft">{plural(cut, "entry", "entries")} in the middle are left out.</p>}
      {error && entries.length === 0 ? (
        <Failure error={error} retry={() => void ask("", [])} />
      ) : !loaded ? (
        <Skeleton lines={6} height={14} />
      ) : entries.length === 0 ? (
        <p class="picture-empty">Nothing that the log tells of happened.</p>
      ) : (
        <div
          ref={box}
          class="log-box"
          role="listbox"
          aria-label="Action log: choose an entry to go there"
          tabIndex={0}
          aria-activedescendant={shownNow}
          style={{ height: `${Math.min(Math.max(entries.length, 3), 13) * tall}px` }}
          onScroll={measure}
          onKeyDown={onKey}
        >
          <div class="log-all" role="presentation" style={{ height: `${entries.length * tall}px` }}>
            {rows}
          </div>
        </div>
      )}
    </Card>
  );
}
