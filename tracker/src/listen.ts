// The one way in which the tracker hears of anything. Every listener is on the
// window and in the capture phase, so that a page's stopPropagation hides nothing,
// is passive, and never lets an error out into the page.

import { AbortController, setTimer } from "./captured";

const { addEventListener } = EventTarget.prototype;
let silencer = new AbortController();

export const guard = <A extends unknown[]>(run: (...args: A) => void): (...args: A) => void => {
  return (...args) => {
    try {
      run(...args);
    } catch (error) {
      console.debug("gait", error);
    }
  };
};

export const later = (ms: number, run: () => void): number => setTimer(guard(run), ms);

// What run returns, or the other value if it cannot.
export const attempt: { <T>(run: () => T, otherwise: T): T; <T>(run: () => T): T | undefined } = <T>(run: () => T, otherwise?: T) => {
  try {
    return run();
  } catch {
    return otherwise;
  }
};

// Events that newer browsers have, and those of the document, which the window
// hears on their way down.
interface MoreEvents extends WindowEventMap {
  DOMContentLoaded: Event;
  prerenderingchange: Event;
  visibilitychange: Event;
  pointerrawupdate: Event;
}

export const on = <K extends keyof MoreEvents>(type: K, handle: (event: MoreEvents[K]) => void, signal = silencer.signal): void => {
  addEventListener.call(window, type, guard(handle as (event: Event) => void), { capture: true, passive: true, signal });
};

// Removes every listener: nothing more is wanted from this page, for now.
export const silence = (): void => {
  silencer.abort();
  silencer = new AbortController();
};
