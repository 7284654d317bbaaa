// Timer: the smallest step of the clock, since browsers coarsen it.

import { now } from "../clock";
import { later } from "../listen";
import { say } from "./traits";

const enum Measure {
  Readings = 5_000, // half a millisecond
  Steps = 3,
  Polls = 20,
  PollMs = 10,
}

let last = now();
let smallest = Infinity;
let polls = 0;

export const timer = (): void => {
  later(Measure.PollMs, () => {
    let steps = 0;
    for (let i = 0; i < Measure.Readings && steps < Measure.Steps; i++) {
      const at = now();
      if (at > last) {
        steps++;
        smallest = Math.min(smallest, at - last);
      }
      last = at;
    }
    // A coarse clock hardly ever steps while it is read.
    if (smallest > 0.9 && polls++ < Measure.Polls) timer();
    else say("timer", smallest.toFixed(4));
  });
};
