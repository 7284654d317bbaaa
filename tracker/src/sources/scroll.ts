// Scroll: the position of the document and of elements inside of it, which the
// browser tells once a frame.

import { timeOf } from "../clock";
import { kindOf } from "../describe";
import { later, on } from "../listen";
import { emit, flagsOf } from "../source";
import { elementOf } from "../targets";
import { Flag, TargetCode } from "../wire";

const enum Ms {
  // How long after a focus a scroll may be its doing, and after a gesture that one's.
  Cause = 50,
}

let smooth = 0;
let focused = -Infinity;
let gestured = -Infinity;

export const scroll = (): void => {
  // Reading a style may compute it, so that happens once, away from any handler.
  later(500, () => {
    if (getComputedStyle(document.documentElement).scrollBehavior === "smooth") smooth = Flag.Smooth;
  });

  on("focus", (event) => (focused = timeOf(event)));
  for (const type of ["wheel", "touchmove", "keydown"] as const) on(type, (event) => (gestured = timeOf(event)));

  on("scroll", (event) => {
    const el = elementOf(event);
    // Pages dispatch their own to wake what listens, which scrolls nothing. How far
    // a secret field scrolls says how much is in it.
    if (!event.isTrusted || (el && kindOf(el) === TargetCode.Secret)) return;
    const { scrollLeft, scrollTop } = event.target instanceof Element ? event.target : document.scrollingElement!;
    const at = timeOf(event);
    const cause = at - focused < Ms.Cause && at - gestured > Ms.Cause ? Flag.Focusing : 0;
    emit("s", event, scrollLeft, scrollTop, flagsOf(event) | smooth | cause, el);
  });
};
