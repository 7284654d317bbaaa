// Events on their way into a batch.

import { ticks } from "./clock";
import { stringify } from "./captured";

export type Field = number | string;
export type Queued = [letter: string, tick: number, ...fields: Field[]];

const enum Most {
  Events = 1_000,
  Chars = 48_000,
  Number = 10_000_000, // the tightest bound that docs/wire.md sets
}

let events: Queued[] = [];
let chars = 0;
// Nothing is earlier than what was cut before it, or than the document's start.
let floor = 0;

// Whole and within bounds, whatever a script put into the event that it made.
export const int = (value: unknown, max: number = Most.Number, min = -max): number => {
  return Math.max(min, Math.min(max, Math.round(value as number) || 0));
};

export const isFull = (): boolean => events.length >= Most.Events || chars >= Most.Chars;

export const push = (letter: string, ms: number, fields: Field[]): Queued => {
  // Descriptions come before everything that could use them.
  const tick = letter === "t" ? floor : Math.max(floor, ticks(ms));
  if (letter === "o") floor = tick;
  const event: Queued = [letter, tick, ...fields.map((field) => (typeof field === "string" ? field : int(field)))];
  events.push(event);
  chars += event.join().length + 5;
  return event;
};

export interface Cut {
  events: string; // JSON
  last: number; // tick of the last event
}

// Takes everything that is queued. Browsers stamp input with the time of the
// device and other events with the time of their making, so that events can arrive
// out of order: they are sorted, since pushing the later ones forward would bend the
// very intervals that matter.
export const cut = (withoutMoves: boolean): Cut | undefined => {
  const taken = withoutMoves ? events.filter((event) => event[0] !== "m") : events;
  events = [];
  chars = 0;
  if (!taken.length) return undefined;
  taken.sort((a, b) => a[1] - b[1]);
  let before = 0;
  const rows = taken.map(([letter, tick, ...fields]) => {
    while (fields.length && !fields[fields.length - 1]) fields.pop();
    const row = [letter, tick - before, ...fields];
    before = tick;
    return row;
  });
  floor = before;
  return { events: stringify(rows), last: before };
};
