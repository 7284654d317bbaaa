// Which pointing devices the style sheets are told of.

import type { Probe } from "./probe";

const FEATURES = ["hover:hover", "any-hover:hover", "pointer:fine", "pointer:coarse", "any-pointer:fine", "any-pointer:coarse"];

export const pointer: Probe = (say) => {
  say("pointers", FEATURES.filter((feature) => matchMedia(`(${feature})`).matches).join());
};
