// Who moved the focus, clicked or filled a field, where a script did: the names of
// frames that come from no file, such as those of a driver that evaluates its scripts
// in the page. Frames with an address are the page's own and none of our business.

import type { Probe } from "./probe";

const MOST_FRAMES = 6;
const POSITION = /:\d+(:\d+)?/g;

export const stack: Probe = (say) => {
  const seen = new Set<string>();

  function look(event: Event): void {
    // A visitor moves the focus with trusted events, and so does a script.
    if (event.isTrusted && event.type !== "focus") return;
    const frames = (new Error().stack ?? "").split("\n").slice(1);
    const before = seen.size;
    for (const frame of frames) {
      if (seen.size === MOST_FRAMES) break;
      // Built-in functions have no position; the page's have a scheme.
      if (frame.includes("://") || !/:\d+:\d+/.test(frame)) continue;
      const name = frame.replace(/^\s*at |^.*@/, "").replace(/;.*/, "").replace(POSITION, "").slice(0, 60);
      seen.add(name);
    }
    if (seen.size > before) say("stack", [...seen].join());
  }

  for (const type of ["focus", "click", "input", "change", "submit"]) {
    addEventListener(
      type,
      (event) => {
        try {
          look(event);
        } catch {
          // A page may have replaced Error.
        }
      },
      { capture: true, passive: true },
    );
  }
};
