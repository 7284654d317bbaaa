// Looking closer at a part of a page: how large it is drawn, and which part.

import { clamp } from "./playhead";

/** Where a page is drawn: px of the picture for each of the page's, and its corner. */
export interface View {
  scale: number;
  left: number;
  top: number;
}

interface Size {
  w: number;
  h: number;
}

/** The closest look, as times the whole page's size. */
const closest = 24;

/** What is left free around the whole page, in px of the picture. */
const edge = 4;

export class Lens {
  /** 1 shows the whole page. */
  k = 1;
  /** The page's point in the middle of the picture, as shares of its size. */
  private x = 0.5;
  private y = 0.5;

  get whole(): boolean {
    return this.k <= 1;
  }

  view(page: Size, sheet: Size): View {
    const scale = Math.min((sheet.w - 2 * edge) / page.w, (sheet.h - 2 * edge) / page.h) * this.k;
    return { scale, left: corner(this.x, page.w * scale, sheet.w), top: corner(this.y, page.h * scale, sheet.h) };
  }

  /** Draws so many times as large, with the picture's point x, y staying where it is. */
  zoom(by: number, x: number, y: number, page: Size, sheet: Size): void {
    const v = this.view(page, sheet);
    this.k = clamp(this.k * by, 1, closest);
    const { scale } = this.view(page, sheet);
    this.look(x - ((x - v.left) / v.scale) * scale, y - ((y - v.top) / v.scale) * scale, page, sheet);
  }

  /** Moves what is drawn by px of the picture. */
  pan(dx: number, dy: number, page: Size, sheet: Size): void {
    const v = this.view(page, sheet);
    this.look(v.left + dx, v.top + dy, page, sheet);
  }

  /** Brings a point of the page into sight; reports whether it was not. */
  show(x: number, y: number, page: Size, sheet: Size): boolean {
    const v = this.view(page, sheet);
    const left = v.left + x * v.scale;
    const top = v.top + y * v.scale;
    if (left >= 0 && left <= sheet.w && top >= 0 && top <= sheet.h) return false;
    this.pan(sheet.w / 2 - left, sheet.h / 2 - top, page, sheet);
    return true;
  }

  all(): void {
    this.k = 1;
    this.x = this.y = 0.5;
  }

  /** Has the page's corner at left, top, as far as the page fills the picture then. */
  private look(left: number, top: number, page: Size, sheet: Size): void {
    const { scale } = this.view(page, sheet);
    this.x = middle(left, page.w * scale, sheet.w);
    this.y = middle(top, page.h * scale, sheet.h);
  }
}

/** Where a side of a page that is long px begins in a span of the picture. */
function corner(at: number, long: number, span: number): number {
  return long <= span - 2 * edge ? (span - long) / 2 : clamp(span / 2 - at * long, span - edge - long, edge);
}

function middle(from: number, long: number, span: number): number {
  return long <= span - 2 * edge ? 0.5 : (span / 2 - clamp(from, span - edge - long, edge)) / long;
}
