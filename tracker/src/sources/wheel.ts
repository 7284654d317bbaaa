// Wheel: how far it turned, summed up over a frame.

import { later, on } from "../listen";
import { int } from "../queue";
import { emit, flagsOf } from "../source";

const enum Ms {
  Frame = 16,
}

let x = 0;
let y = 0;
let count = 0;
let flags = 0;

export const wheel = (): void => {
  on("wheel", (event) => {
    if (!count++) {
      later(Ms.Frame, () => {
        emit("w", event, y, x, int(event.deltaMode, 2, 0), count, flags);
        x = y = count = flags = 0;
      });
    }
    x += event.deltaX;
    y += event.deltaY;
    flags |= flagsOf(event);
  });
};
