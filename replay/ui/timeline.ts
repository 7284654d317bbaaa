// What is drawn above the bar: clicks, input, pauses, and the moments of evidence.

import type { Evidence } from "./evidence";
import type { Player } from "./player";

const MOST = 2_000; // marks; a line has no more pixels

// How long a moment of evidence is named while it is played, in ms: before and after it.
const BEFORE = 300;
const AFTER = 2_500;

export interface Spot {
  at: number; // ms from the start of the page
  title: string;
}

const place = (element: HTMLElement, at: number, total: number): void => {
  element.style.left = `${(Math.min(total, Math.max(0, at)) / total) * 100}%`;
};

export const drawMarks = (into: HTMLElement, of: Player): void => {
  into.replaceChildren(
    ...of.pauses.slice(0, MOST).map(({ from, to }) => {
      const mark = document.createElement("i");
      mark.className = "pause";
      place(mark, from, of.total);
      mark.style.width = `${((to - from) / of.total) * 100}%`;
      return mark;
    }),
    ...of.marks.slice(0, MOST).map(({ at, kind }) => {
      const mark = document.createElement("i");
      mark.className = kind;
      place(mark, at, of.total);
      return mark;
    }),
  );
};

// What fired on a page, where on its line. What is within a moment of each other is one
// spot, which can be pressed.
export const spotsOf = (evidence: Evidence[], page: string, of: Player): Spot[] => {
  const spots: Spot[] = [];
  for (const { page: where, at, title } of evidence) {
    if (where !== page) continue;
    const ms = Math.min(of.total, Math.max(0, of.since(at)));
    const last = spots.at(-1);
    if (!last || ms - last.at > of.total / 100) spots.push({ at: ms, title });
    else if (!last.title.split(", ").includes(title)) last.title += `, ${title}`;
  }
  return spots;
};

export const drawSpots = (into: HTMLElement, spots: Spot[], total: number, clock: (ms: number) => string, go: (spot: Spot) => void): void => {
  into.replaceChildren(
    ...spots.map((spot) => {
      const button = document.createElement("button");
      button.type = "button";
      button.title = `${spot.title} (${clock(spot.at)})`;
      button.setAttribute("aria-label", `Evidence at ${clock(spot.at)}: ${spot.title}`);
      place(button, spot.at, total);
      button.addEventListener("click", () => go(spot));
      return button;
    }),
  );
};

// The evidence that is to be seen at a moment, "" for none.
export const namedAt = (spots: Spot[], now: number): string => spots.filter(({ at }) => now >= at - BEFORE && now <= at + AFTER).at(-1)?.title ?? "";
