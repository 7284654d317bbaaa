// Raw: how many updates the device sends for a pointer move and a frame, counted in
// the second after a press, as counting is work for the browser. Only in secure
// contexts and not in every browser.

import { AbortController } from "../captured";
import { later, on } from "../listen";
import { emit } from "../source";

const enum Sampling {
  Ms = 1_000,
  Times = 21, // the first move, and twenty presses
}

let left: number = Sampling.Times;
let counting: AbortController | undefined;
let updates = 0;
let moves = 0;
let frames = 0;

const sample = (): void => {
  if (counting || left-- <= 0) return;
  counting = new AbortController();
  updates = moves = frames = 0;
  on("pointerrawupdate", () => updates++, counting.signal);
  countFrames();
  later(Sampling.Ms, () => {
    counting?.abort();
    counting = undefined;
    emit("r", null, updates, moves, frames);
  });
};

const countFrames = (): void => {
  frames++;
  if (counting) requestAnimationFrame(countFrames);
};

export const raw = (): void => {
  if (!("onpointerrawupdate" in window)) return;
  on("pointerdown", sample);
  on("pointermove", () => {
    moves++;
    if (left === Sampling.Times) sample();
  });
};
