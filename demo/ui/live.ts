// Asks the server about this tab's session, again and again but never twice at
// once, only while somebody can look, and ever slower while nothing changes. What
// it last heard it leaves to the tab's next document, which shows it at once.

import type { Panel, View } from "./panel";
import type { Evidence } from "./types";

const second = 1000;

// Automation tools wait for half a second without traffic ("network idle"), so
// polls keep further apart than that.
const shortest = 700;

const sessionId = (): string => {
  const page = window as unknown as { getRoundtableSessionId?: () => string | null };
  return page.getRoundtableSessionId?.() || "";
};

const kept = "gait-demo-live";

interface Kept {
  session: string;
  text: string;
  view: View;
}

function recall(): Kept | undefined {
  try {
    return JSON.parse(sessionStorage.getItem(kept) ?? "") as Kept;
  } catch {
    return undefined; // the tab's first document, or storage is blocked
  }
}

export function watch(panel: Panel): void {
  const begun = Date.now();
  let changed = begun; // when the answer last differed
  let done = 0; // when the last request ended
  let last = "";
  let failures = 0;
  let timer = 0;
  let busy = false;

  const before = recall();
  if (before?.text && before.session === sessionId()) {
    panel.setSession(before.session);
    panel.draw(JSON.parse(before.text) as Evidence);
    panel.look(before.view);
    last = before.text;
  }
  addEventListener("pagehide", () => {
    const leaving: Kept = { session: sessionId(), text: last, view: panel.view() };
    try {
      sessionStorage.setItem(kept, JSON.stringify(leaving));
    } catch {
      // Full or blocked: the next document starts with its skeleton.
    }
  });

  const pause = (): number => {
    if (failures) return Math.min(second * 2 ** failures, 15 * second);
    const idle = Date.now() - changed;
    return idle > 300 * second ? 10 * second : idle > 60 * second ? 3 * second : second;
  };

  const plan = (wait: number): void => {
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(ask, Math.max(wait, done + shortest - Date.now()));
  };

  const ask = async (): Promise<void> => {
    if (busy) return;
    const id = sessionId();
    if (!id) {
      if (Date.now() - begun > 4 * second) panel.absent();
      return plan(second / 2);
    }
    panel.setSession(id);
    busy = true;
    try {
      const answer = await fetch(`/demo/live?session=${encodeURIComponent(id)}`, {
        cache: "no-store",
        signal: AbortSignal.timeout(8 * second),
      });
      const text = await answer.text();
      if (answer.status === 204) {
        panel.waiting(Date.now() - begun > 20 * second);
      } else if (answer.ok) {
        if (text !== last || failures) panel.draw(JSON.parse(text) as Evidence);
        if (text !== last) changed = Date.now();
        last = text;
      } else {
        throw new Error(answer.statusText);
      }
      failures = 0;
    } catch {
      failures++;
      panel.offline();
    } finally {
      busy = false;
      done = Date.now();
    }
    plan(pause());
  };

  // Whoever does something, or comes back to the tab, wants to see it soon.
  const wake = (): void => {
    changed = Date.now();
    if (!busy && !failures) plan(second);
  };
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => Date.now() - changed > 60 * second && wake(), { passive: true });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return clearTimeout(timer);
    wake();
    if (!busy) plan(0);
  });
  addEventListener("roundtable:ready", () => busy || plan(0));
  plan(0);
}
