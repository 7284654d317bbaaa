// News from the server: sessions that changed, and how many are live. One
// connection serves all of a page, and only while the page is seen.

import { useEffect, useRef } from "preact/hooks";
import { address, workspaceID } from "./api";
import type { SessionRow } from "./types";

interface Listener {
  sessions?: (rows: SessionRow[]) => void;
  live?: (sessions: number) => void;
  /** Whether news come in. */
  connected?: (yes: boolean) => void;
}

const listeners = new Set<Listener>();
let source: EventSource | undefined;
let of = 0;

/** How long a hidden page stays connected, in ms: a look at another tab costs no reconnect. */
const linger = 30_000;
let hidden = 0;

function adjust(): void {
  const want = listeners.size > 0 && workspaceID() > 0;
  if (source && (!want || of !== workspaceID())) close();
  if (!source && want && document.visibilityState === "visible") open();
}

function open(): void {
  of = workspaceID();
  const s = new EventSource(address("/live"));
  source = s;
  s.addEventListener("open", () => tell((l) => l.connected?.(true)));
  s.addEventListener("error", () => tell((l) => l.connected?.(false)));
  s.addEventListener("sessions", (e) => {
    const { items } = JSON.parse((e as MessageEvent<string>).data) as { items: SessionRow[] | null };
    if (items?.length) tell((l) => l.sessions?.(items));
  });
  s.addEventListener("stats", (e) => {
    const { live } = JSON.parse((e as MessageEvent<string>).data) as { live: number };
    tell((l) => l.live?.(live));
  });
}

function close(): void {
  source?.close();
  source = undefined;
  tell((l) => l.connected?.(false));
}

const tell = (f: (l: Listener) => void): void => listeners.forEach(f);

document.addEventListener("visibilitychange", () => {
  clearTimeout(hidden);
  if (document.visibilityState === "visible") adjust();
  else hidden = window.setTimeout(() => source && close(), linger);
});

/** Has the listener called with news while the component is there. */
export function useLive(listener: Listener, on = true): void {
  const latest = useRef(listener);
  latest.current = listener;
  const workspace = workspaceID();
  useEffect(() => {
    if (!on) return;
    const mine: Listener = {
      sessions: (rows) => latest.current.sessions?.(rows),
      live: (n) => latest.current.live?.(n),
      connected: (yes) => latest.current.connected?.(yes),
    };
    listeners.add(mine);
    adjust();
    if (source?.readyState === EventSource.OPEN) mine.connected?.(true);
    return () => {
      listeners.delete(mine);
      adjust();
    };
  }, [on, workspace]);
}
