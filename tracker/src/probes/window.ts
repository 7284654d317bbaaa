// The window against its viewport, and both against the screen, whose own properties (a
// browser's has none) tell that a script changed it. Reading these makes the browser lay
// nothing out that was not laid out for the last frame.

import type { Probe } from "./probe";

export const windowSize: Probe = (say) => {
  const { outerWidth, outerHeight, innerWidth, innerHeight, screenX, screenY } = window;
  const { availWidth, availHeight, orientation } = screen;
  const { availLeft, availTop } = screen as { availLeft?: number; availTop?: number };
  say("window", `${outerWidth}x${outerHeight}@${screenX},${screenY} ${innerWidth}x${innerHeight}`);
  say("screen.avail", `${availWidth}x${availHeight}@${availLeft ?? "-"},${availTop ?? "-"} ${orientation?.type ?? "-"}`);
  say("screen.own", Reflect.ownKeys(screen).map(String).slice(0, 20).join());
};
