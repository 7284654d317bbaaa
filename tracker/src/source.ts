// What a source of signals is given: `emit` to say what it saw, and a context to
// make sense of the events that it hears. A source reports; it never judges.

import { now, timeOf } from "./clock";
import { on } from "./listen";
import type { Field, Queued } from "./queue";
import { elementOf, numberOf, targetOf } from "./targets";
import { enqueue } from "./transport";
import { Flag } from "./wire";

// Queues an event: its letter, the browser's event that tells its time (or now), and
// its fields in the order of docs/wire.md. An element stands for its number, and is
// described where that is needed.
export type Emit = (letter: string, event: Event | null, ...fields: (Field | Element | undefined)[]) => Queued;

export interface Context {
  // Listens on the window, in the capture phase.
  on: typeof on;
  // Whether a script made it, and whether the document was hidden.
  flags: (event: Event) => number;
  // The innermost element, and the nearest interactive one.
  element: (event: Event) => Element | undefined;
  target: (event: Event) => Element | undefined;
}

export type Source = (emit: Emit, context: Context) => void;

export const emit: Emit = (letter, event, ...fields) => {
  const ms = event ? timeOf(event) : now();
  return enqueue(
    letter,
    ms,
    fields.map((field) => (field instanceof Element || field === undefined ? numberOf(field, (...described) => enqueue("t", ms, described)) : field)),
  );
};

export const context: Context = {
  on,
  flags: (event) => (event.isTrusted ? 0 : Flag.Untrusted) | (document.hidden ? Flag.Hidden : 0),
  element: elementOf,
  target: targetOf,
};
