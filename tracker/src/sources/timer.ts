// Timer: the smallest step of the clock, since browsers coarsen it.

import { now } from "../clock";
import { later } from "../listen";
import type { Source } from "../source";

const READINGS = 8_000; // at most a few ms
const POLLS = 100;
const POLL_MS = 10;
const STEPS = 5;

export const timer: Source = (emit) => {
  let last = now();
  let smallest = Infinity;
  let steps = 0;
  let polls = 0;

  // Reports whether enough steps were seen.
  function read(): boolean {
    const at = now();
    if (at > last) {
      smallest = Math.min(smallest, at - last);
      steps++;
    }
    last = at;
    return steps >= STEPS;
  }

  function measure(): void {
    if (polls++ === 0) {
      for (let i = 0; i < READINGS && !read(); i++);
    }
    if (!read() && polls < POLLS) {
      later(POLL_MS, measure); // a coarse clock
    } else if (steps) {
      emit("a", null, "timer", String(+smallest.toFixed(4)));
    }
  }
  later(POLL_MS, measure);
};
