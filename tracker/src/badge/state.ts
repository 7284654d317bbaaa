// Whether tracking works: rt.js says "gait:ack" on the window whenever the server has
// acknowledged a batch, and "roundtable:ready" when there is a session.

export type State = "loading" | "pass" | "fail";

const PATIENCE_MS = 15_000;
// The server puts its own path here where it has another.
const BATCH_PATH = "/v1/batch";

// Calls back with the state, at once and whenever it changes.
export function watch(tell: (state: State) => void): void {
  let state: State = "loading";
  let timer = 0;

  function become(next: State): void {
    clearTimeout(timer);
    if (next === "loading") timer = setTimeout(() => become("fail"), PATIENCE_MS);
    if (next !== state) tell(next);
    state = next;
  }
  // What once worked still does, as far as one can know.
  const retry = (): void => {
    if (state !== "pass") become("loading");
  };

  tell(state);
  become(acknowledgedBefore() ? "pass" : "loading");
  addEventListener("gait:ack", () => become("pass"));
  addEventListener("roundtable:ready", retry);
  addEventListener("pageshow", ({ persisted }) => persisted && retry());
  document.addEventListener("prerenderingchange", retry);
}

// This script may have come after the first acknowledgement, and there may be no other
// while the page is at rest; the browser keeps the list of what was requested.
function acknowledgedBefore(): boolean {
  const entries = performance.getEntriesByType("resource") as PerformanceResourceTiming[];
  return entries.some(({ name, responseStatus }) => responseStatus === 200 && name.endsWith(BATCH_PATH));
}
