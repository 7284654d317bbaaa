// Which pointing devices the style sheets are told of, and whether to move less.

import type { Probe } from "./probe";

const FEATURES = ["hover:hover", "any-hover:hover", "pointer:fine", "pointer:coarse", "any-pointer:fine", "any-pointer:coarse"];

export const pointer: Probe = (say) => {
  say("pointers", FEATURES.filter((feature) => matchMedia(`(${feature})`).matches).join());
  if (matchMedia("(prefers-reduced-motion:reduce)").matches) say("motion", "reduce");
};
