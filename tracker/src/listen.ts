// The one way in which the tracker hears of anything. Every listener is on the
// window and in the capture phase, so that a page's stopPropagation hides nothing,
// is passive, and never lets an error out into the page.

import { AbortController, setTimer } from "./captured";

const { addEventListener } = EventTarget.prototype;
const silencer = new AbortController();

export function guard<A extends unknown[]>(run: (...args: A) => void): (...args: A) => void {
  return (...args) => {
    try {
      run(...args);
    } catch (error) {
      console.debug("gait", error);
    }
  };
}

export const later = (ms: number, run: () => void): number => setTimer(guard(run), ms);

// What run returns, or the other value if it cannot.
export function attempt<T>(run: () => T, otherwise: T): T {
  try {
    return run();
  } catch {
    return otherwise;
  }
}

export function on<K extends keyof WindowEventMap>(type: K, handle: (event: WindowEventMap[K]) => void): void {
  const options = { capture: true, passive: true, signal: silencer.signal };
  addEventListener.call(window, type, guard(handle as (event: Event) => void), options);
}

// Removes every listener: the server wants nothing more from this page.
export function silence(): void {
  silencer.abort();
}
