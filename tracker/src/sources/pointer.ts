// Pointer: where it moved, what it pressed and clicked, and when it left.

import { boxOf } from "../captured";
import { timeOf } from "../clock";
import { int } from "../queue";
import type { Source } from "../source";
import { Flag, Life } from "../wire";

// Moves come once a frame. Screens faster than this, and scripts, are thinned.
const MIN_MOVE_MS = 4;

export const pointer: Source = (emit, { on, flags, target }) => {
  let lastMove = -Infinity;
  // A move that came too soon is kept, as the last one before a press says how the
  // pointer got there.
  let held: PointerEvent | undefined;
  let coalesced = 0;
  let inside: boolean | undefined;

  const pointerFlags = (event: PointerEvent): number =>
    flags(event) | (event.pointerType === "touch" ? Flag.Touch : event.pointerType === "pen" ? Flag.Pen : 0);

  function emitMove(event: PointerEvent): void {
    held = undefined;
    lastMove = timeOf(event);
    emit("m", event, event.clientX, event.clientY, pointerFlags(event), coalesced > 1 ? coalesced : 0);
    coalesced = 0;
  }

  function emitHeld(): void {
    if (held) emitMove(held);
  }

  on("pointermove", (event) => {
    // Only in secure contexts, and not in every browser.
    coalesced += typeof event.getCoalescedEvents === "function" ? event.getCoalescedEvents().length : 0;
    if (timeOf(event) - lastMove < MIN_MOVE_MS) held = event;
    else emitMove(event);
  });

  on("pointerdown", (event) => {
    emitHeld();
    const el = target(event);
    const inBox: number[] = [];
    if (el && event.isTrusted) {
      // The browser has just hit-tested this press, so that its layout is fresh and
      // reading a box is free. Nowhere else is a layout read.
      const box = boxOf(el);
      for (const px of [event.clientX - box.left, event.clientY - box.top, box.width, box.height]) inBox.push(px * 10);
    }
    emit("d", event, event.clientX, event.clientY, pointerFlags(event), int(event.button, 31, -1), el, ...inBox);
  });

  function released(event: PointerEvent): void {
    emitHeld();
    // The browser may take the pointer over, to scroll for example.
    const button = event.type === "pointerup" ? int(event.button, 31, -1) : -1;
    emit("u", event, event.clientX, event.clientY, pointerFlags(event), button);
  }
  on("pointerup", released);
  on("pointercancel", released);

  on("click", (event) => {
    // A PointerEvent in newer browsers only.
    const type = (event as Partial<PointerEvent>).pointerType;
    const bare = type === "" || (type === undefined && event.detail === 0);
    const flag = pointerFlags(event as PointerEvent) | (bare ? Flag.NoPointer : 0);
    emit("c", event, event.clientX, event.clientY, flag, int(event.detail, 1000, 0), target(event));
  });

  function crossed(event: PointerEvent, nowInside: boolean): void {
    // A finger leaves with every lift.
    if (event.relatedTarget || !event.isTrusted || event.pointerType === "touch" || inside === nowInside) return;
    inside = nowInside;
    emitHeld();
    emit("l", event, nowInside ? Life.PointerEntered : Life.PointerLeft);
  }
  on("pointerout", (event) => crossed(event, false));
  on("pointerover", (event) => crossed(event, true));
};
