// Two fingers on a picture: how far they spread, and where they went.

export interface Pinch {
  /** The distance of the fingers, as so many times that of before. */
  by: number;
  /** The place between them in the window, CSS px, and how it moved. */
  x: number;
  y: number;
  dx: number;
  dy: number;
}

interface Place {
  x: number;
  y: number;
}

/** Follows the fingers on an element whose touch-action leaves pinching to it. */
export class Fingers {
  private at = new Map<number, Place>();

  get many(): number {
    return this.at.size;
  }

  down(e: PointerEvent): void {
    if (e.pointerType === "touch") this.at.set(e.pointerId, { x: e.clientX, y: e.clientY });
  }

  up(e: PointerEvent): void {
    this.at.delete(e.pointerId);
  }

  /** What two fingers did by this move; undefined unless there are two. */
  move(e: PointerEvent): Pinch | undefined {
    const mine = this.at.get(e.pointerId);
    if (!mine) return undefined;
    const before = this.pair();
    [mine.x, mine.y] = [e.clientX, e.clientY];
    const now = this.pair();
    if (!before || !now) return undefined;
    return { by: now.apart / before.apart, x: now.x, y: now.y, dx: now.x - before.x, dy: now.y - before.y };
  }

  private pair(): (Place & { apart: number }) | undefined {
    const [a, b] = this.at.values();
    if (!a || !b || this.at.size > 2) return undefined;
    return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, apart: Math.max(Math.hypot(a.x - b.x, a.y - b.y), 1) };
  }
}

/** Keeps the window from scrolling away under two fingers. */
export function hold(e: TouchEvent): void {
  if (e.touches.length > 1 && e.cancelable) e.preventDefault();
}
