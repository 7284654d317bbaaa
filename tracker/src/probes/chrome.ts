// The object that Chromium gives to pages.

import type { Probe } from "./probe";

export const chrome: Probe = (say) => {
  const { chrome } = window as { chrome?: object };
  say("chrome", chrome ? Object.getOwnPropertyNames(chrome).slice(0, 20).join() || "empty" : "absent");
};
