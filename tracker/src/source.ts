// What sources of signals use to say what they saw. A source reports; it never judges.

import { now, timeOf } from "./clock";
import type { Field, Queued } from "./queue";
import { numberOf } from "./targets";
import { enqueue } from "./transport";
import { Flag } from "./wire";

// Nothing is collected: not yet, no longer, or not on this route.
export let paused = true;

export const pause = (wanted: boolean): void => {
  paused = wanted;
};

// Queues an event: its letter, the browser's event that tells its time (or now), and
// its fields in the order of docs/wire.md. An element stands for its number, and is
// described where that is needed; undefined stands for no element.
export const emit = (letter: string, event: Event | null, ...fields: (Field | Element | undefined)[]): Queued => {
  if (paused) return [letter, 0];
  const ms = event ? timeOf(event) : now();
  return enqueue(
    letter,
    ms,
    fields.map((field) => (field instanceof Element || field === undefined ? numberOf(field, (...described) => enqueue("t", ms, described)) : field)),
  );
};

// Whether a script made it, whether the document was hidden, and the kind of pointer.
export const flagsOf = (event: Event): number => {
  const { pointerType } = event as Partial<PointerEvent>;
  return (
    (event.isTrusted ? 0 : Flag.Untrusted) |
    (document.hidden ? Flag.Hidden : 0) |
    (pointerType === "touch" ? Flag.Touch : pointerType === "pen" ? Flag.Pen : 0)
  );
};
