// Pointer: where it moved, what it pressed and clicked, and when it left.

import { log } from "../api";
import { attribute, elementClosest, getBoundingClientRect } from "../captured";
import { timeOf } from "../clock";
import { on } from "../listen";
import { int } from "../queue";
import { emit, flagsOf } from "../source";
import { targetOf } from "../targets";
import { Flag, Life } from "../wire";

// Moves come once a frame. Screens faster than this, and scripts, are thinned.
const enum Ms {
  BetweenMoves = 4,
}

let lastMove = -Infinity;
// A move that came too soon is kept, as the last one before a press says how the
// pointer got there.
let held: PointerEvent | undefined;
let coalesced = 0;
let inside: boolean | undefined;

// Where, and by what.
const place = (event: MouseEvent): number[] => [event.clientX, event.clientY, flagsOf(event)];

const emitMove = (event: PointerEvent | undefined): void => {
  if (!event) return;
  held = undefined;
  lastMove = timeOf(event);
  emit("m", event, ...place(event), coalesced > 1 ? coalesced : 0);
  coalesced = 0;
};

const release = (event: PointerEvent): void => {
  emitMove(held);
  // The browser may take the pointer over, to scroll for example.
  emit("u", event, ...place(event), event.type === "pointerup" ? int(event.button, 31, -1) : -1);
};

const cross = (event: PointerEvent): void => {
  const nowInside = event.type === "pointerover";
  // A finger leaves with every lift.
  if (event.relatedTarget || !event.isTrusted || event.pointerType === "touch" || inside === nowInside) return;
  inside = nowInside;
  emitMove(held);
  emit("l", event, nowInside ? Life.PointerEntered : Life.PointerLeft);
};

export const pointer = (): void => {
  on("pointermove", (event) => {
    // Only in secure contexts, and not in every browser.
    coalesced += event.getCoalescedEvents?.().length ?? 0;
    if (timeOf(event) - lastMove < Ms.BetweenMoves) held = event;
    else emitMove(event);
  });

  on("pointerdown", (event) => {
    emitMove(held);
    const el = targetOf(event);
    let inBox: number[] = [];
    if (el && event.isTrusted) {
      // The browser has just hit-tested this press, so that its layout is fresh and
      // reading a box is free. No other box is read.
      const { left, top, width, height } = getBoundingClientRect.call(el);
      inBox = [event.clientX - left, event.clientY - top, width, height].map((px) => px * 10);
    }
    emit("d", event, ...place(event), int(event.button, 31, -1), el, ...inBox);
  });

  on("pointerup", release);
  on("pointercancel", release);

  on("click", (event) => {
    // A PointerEvent in newer browsers only.
    const type = (event as Partial<PointerEvent>).pointerType;
    const el = targetOf(event);
    const [x, y, flags] = place(event);
    emit("c", event, x, y, flags! | (type || (type === undefined && event.detail) ? 0 : Flag.NoPointer), int(event.detail, 1000, 0), el);
    const action = el && elementClosest(el, "[data-gait-action]");
    if (action) log(attribute(action, "data-gait-action"));
  });

  on("pointerout", cross);
  on("pointerover", cross);
};
