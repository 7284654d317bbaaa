// A drawing that follows size, colours and density of the screen. It has two
// layers: what changes seldom is drawn in slices behind the scenes and shown when
// it is complete; what follows the playhead is drawn over it.

import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { colour, useColours } from "../app/theme";

export interface Sheet {
  g: CanvasRenderingContext2D;
  /** CSS px. */
  w: number;
  h: number;
  /** A token such as "--text" as a colour. */
  ink: (token: string) => string;
}

/** Draws, and yields wherever it may be interrupted. */
export type Drawing = (s: Sheet) => Generator<void, void, void>;

/** So many marks are drawn at a time. */
const lot = 100;

/** Draws one mark for each, and may be interrupted after every lot. */
export function* inLots<T>(of: T[], mark: (each: T) => void): Generator<void, void, void> {
  for (const [i, each] of of.entries()) {
    mark(each);
    if (i % lot === lot - 1) yield;
  }
}

/** The most that all easels together draw in a frame, in ms. */
const slice = 8;

export const font = '11px Inter, ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';

/** Easels with work to do, in the order in which they asked. */
const waiting = new Set<Easel>();
let frame = 0;

function enqueue(easel: Easel): void {
  waiting.add(easel);
  frame ||= requestAnimationFrame(work);
}

/** Goes on with one easel after the other until the time of this frame is used up. */
function work(): void {
  frame = -1; // those who ask meanwhile need no frame of their own
  const until = performance.now() + slice;
  for (const easel of waiting) {
    let more = true;
    while (more && performance.now() < until) more = easel.next();
    if (more) break;
    waiting.delete(easel);
  }
  frame = waiting.size ? requestAnimationFrame(work) : 0;
}

export class Easel {
  private size = { w: 0, h: 0, dpr: 1 };
  private hidden = document.createElement("canvas");
  private inks = new Map<string, string>();
  private drawn: Generator<void, void, void> | undefined;
  private again = false;
  private seen = false;
  private shown = false;
  private stale = false;
  private watch: ResizeObserver;
  private sight: IntersectionObserver;

  constructor(
    private base: HTMLCanvasElement,
    private over: HTMLCanvasElement,
    private drawing: Drawing,
    private overlay: (s: Sheet) => void,
  ) {
    this.watch = new ResizeObserver(() => this.resize());
    this.watch.observe(base);
    this.sight = new IntersectionObserver(
      (entries) => {
        this.seen = entries[entries.length - 1]!.isIntersecting;
        if (this.seen && this.stale) this.redraw();
        else if (this.seen) this.refresh();
      },
      { rootMargin: "200px" },
    );
    this.sight.observe(base);
  }

  stop(): void {
    this.watch.disconnect();
    this.sight.disconnect();
    waiting.delete(this);
    this.drawn = undefined;
  }

  get width(): number {
    return this.size.w;
  }

  get height(): number {
    return this.size.h;
  }

  recolour(): void {
    this.inks.clear();
    this.redraw(true);
  }

  /**
   * Draws everything anew; what is out of sight waits until it is seen. What is underway is finished
   * first, so that something is shown while one zooms; force begins at once.
   */
  redraw(force = false): void {
    if (!this.size.w) return;
    if (!this.seen && this.shown) {
      this.stale = true;
      this.drawn = undefined;
      return;
    }
    if (this.drawn && !force) {
      this.again = true;
      return;
    }
    this.again = this.stale = false;
    const { w, h, dpr } = this.size;
    fit(this.hidden, w, h, dpr);
    const g = this.hiddenContext();
    if (!g) return;
    this.drawn = this.drawing(this.sheet(g, w, h, dpr));
    enqueue(this);
  }

  /** Draws what follows the playhead anew. */
  refresh(): void {
    const g = this.shown ? this.over.getContext("2d") : null;
    if (!g || !this.size.w) return;
    const { w, h, dpr } = this.size;
    g.setTransform(1, 0, 0, 1, 0, 0);
    g.clearRect(0, 0, this.over.width, this.over.height);
    this.overlay(this.sheet(g, w, h, dpr));
  }

  /** Draws the next piece, and shows the whole after the last; reports whether there is more to do. */
  next(): boolean {
    if (!this.drawn) return false;
    if (!this.drawn.next().done) {
      // Has the piece painted now, and not all of them together at the end.
      this.hiddenContext()?.getImageData(0, 0, 1, 1);
      return true;
    }
    this.drawn = undefined;
    this.shown = true;
    const { w, h, dpr } = this.size;
    fit(this.base, w, h, dpr);
    this.base.getContext("2d")?.drawImage(this.hidden, 0, 0);
    this.refresh();
    if (!this.again) return false;
    this.redraw();
    return true;
  }

  private hiddenContext(): CanvasRenderingContext2D | null {
    return this.hidden.getContext("2d", { willReadFrequently: true });
  }

  private sheet(g: CanvasRenderingContext2D, w: number, h: number, dpr: number): Sheet {
    g.setTransform(dpr, 0, 0, dpr, 0, 0);
    g.font = font;
    g.lineJoin = "round";
    g.lineCap = "round";
    return { g, w, h, ink: (token) => this.ink(token) };
  }

  private ink(token: string): string {
    let found = this.inks.get(token);
    if (found === undefined) {
      found = colour(token);
      this.inks.set(token, found);
    }
    return found;
  }

  private resize(): void {
    const { width: w, height: h } = this.base.getBoundingClientRect();
    const dpr = Math.min(devicePixelRatio || 1, 3);
    if (!w || !h || (w === this.size.w && h === this.size.h && dpr === this.size.dpr)) return;
    this.size = { w, h, dpr };
    fit(this.over, w, h, dpr);
    this.redraw(true);
  }
}

/** Gives a canvas the size of its box in device px, and empties it. */
function fit(canvas: HTMLCanvasElement, w: number, h: number, dpr: number): void {
  canvas.width = Math.round(w * dpr);
  canvas.height = Math.round(h * dpr);
}

interface Props {
  drawing: Drawing;
  overlay?: (s: Sheet) => void;
  /** Filled with the easel, for those who redraw. */
  easel?: { current: Easel | null };
  class?: string;
  /** The drawing is drawn anew when one of them changes. */
  deps: unknown[];
  children?: JSX.Element | null;
}

/** Two canvases on top of each other. What they show is told in words elsewhere. */
export function Canvas({ drawing, overlay, easel, class: name, deps, children }: Props): JSX.Element {
  const base = useRef<HTMLCanvasElement>(null);
  const over = useRef<HTMLCanvasElement>(null);
  const mine = useRef<Easel | null>(null);
  const latest = useRef({ drawing, overlay });
  latest.current = { drawing, overlay };
  const colours = useColours();

  useEffect(() => {
    const made = new Easel(
      base.current!,
      over.current!,
      (s) => latest.current.drawing(s),
      (s) => latest.current.overlay?.(s),
    );
    mine.current = made;
    if (easel) easel.current = made;
    return () => {
      made.stop();
      mine.current = null;
      if (easel) easel.current = null;
    };
  }, []);
  useEffect(() => mine.current?.recolour(), [colours]);
  useEffect(() => mine.current?.redraw(), deps);

  return (
    <div class={`easel ${name ?? ""}`}>
      <canvas ref={base} aria-hidden="true" />
      <canvas ref={over} aria-hidden="true" />
      {children}
    </div>
  );
}
