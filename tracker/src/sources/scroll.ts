// Scroll: the document's position, which the browser tells once a frame.

import { later } from "../listen";
import { int } from "../queue";
import type { Source } from "../source";
import { Flag } from "../wire";

export const scroll: Source = (emit, { on, flags }) => {
  let smooth = 0;
  let x = 0;
  let y = 0;

  // Reading a style may compute it, so that happens once, away from any handler.
  later(500, () => {
    if (getComputedStyle(document.documentElement).scrollBehavior === "smooth") smooth = Flag.Smooth;
  });

  on("scroll", (event) => {
    const toX = int(scrollX);
    const toY = int(scrollY);
    // Elements inside of the document scroll, too.
    if (event.target !== document || (toX === x && toY === y)) return;
    x = toX;
    y = toY;
    emit("s", event, x, y, flags(event) | smooth);
  });
};
