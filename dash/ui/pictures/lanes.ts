// The timeline of everything that happened, lane below lane. What falls into one
// column of pixels is drawn once, however much it is.

import { after, isCharacter, isErase, pageAt, type Run, type Scrolls } from "./data";
import { type Drawing, inLots, type Sheet } from "./canvas";
import { clamp } from "./playhead";
import { speedBin, speedHeight, speedInks } from "./speed";
import { clock, timeSteps } from "./words";

export type LaneName = "evidence" | "pages" | "pointer" | "clicks" | "keys" | "text" | "scroll" | "wheel" | "focus" | "axis";

export interface Lane {
  name: LaneName;
  label: string;
  y: number;
  h: number;
  empty: boolean;
}

const heights: [LaneName, string, number][] = [
  ["evidence", "Evidence", 22],
  ["pages", "Pages", 22],
  ["pointer", "Pointer", 40],
  ["clicks", "Clicks", 20],
  ["keys", "Keys", 34],
  ["text", "Text", 20],
  ["scroll", "Scroll", 34],
  ["wheel", "Wheel", 14],
  ["focus", "Away", 16],
  ["axis", "", 24],
];

/** The height of a lane in which nothing happened, in CSS px. */
const idle = 16;
const gap = 4;

/** Lanes from top to bottom, and the height of all. */
export function lanesOf(run: Run): { lanes: Lane[]; height: number } {
  const has: Record<LaneName, boolean> = {
    evidence: run.moments.length > 0,
    pages: run.views.length > 0,
    pointer: run.moves.n + run.jumps.length > 0,
    clicks: run.clicks.length > 0,
    keys: run.keys.n > 0,
    text: run.inputs.length + run.pastes.length + run.copies.length + run.submits.length > 0,
    scroll: run.scroll.n > 0,
    wheel: run.wheel.length > 0,
    focus: run.spans.length > 0,
    axis: true,
  };
  let y = 4;
  const lanes = heights.map(([name, label, full]) => {
    const h = has[name] ? full : idle;
    const lane = { name, label, y, h, empty: !has[name] };
    y += h + gap;
    return lane;
  });
  return { lanes, height: y };
}

export interface Frame {
  from: number;
  to: number;
  /** Where time begins and ends on the sheet, in CSS px. */
  left: number;
  right: number;
}

export const frameOf = (w: number, from: number, to: number): Frame => ({ from, to, left: w < narrow ? 4 : 72, right: w - 10 });

export const xOf = (f: Frame, t: number): number => f.left + ((t - f.from) / (f.to - f.from)) * (f.right - f.left);

export const timeOf = (f: Frame, x: number): number => f.from + ((x - f.left) / (f.right - f.left)) * (f.to - f.from);

export interface Look {
  run: Run;
  lanes: Lane[];
  from: number;
  to: number;
  /** Reports whether a check states a fact, which is drawn in another colour. */
  isFact: (check: string) => boolean;
}

export function drawLanes(look: () => Look): Drawing {
  return function* (s) {
    const now = look();
    const f = frameOf(s.w, now.from, now.to);
    ground(s, f, now);
    yield;
    for (const lane of now.lanes) {
      if (lane.empty) continue;
      s.g.save();
      s.g.beginPath();
      s.g.rect(f.left - 3, lane.y - 6, f.right - f.left + 6, lane.h + 12);
      s.g.clip();
      yield* draw[lane.name](s, f, lane, now) ?? [];
      s.g.restore();
      yield;
    }
    if (s.w < narrow) names(s, f, now.lanes);
  };
}

/** Narrower, there is no room for names beside the lanes. */
const narrow = 560;

/** Names on the lanes themselves. */
function names({ g, ink }: Sheet, f: Frame, lanes: Lane[]): void {
  g.textAlign = "left";
  g.textBaseline = "middle";
  for (const lane of lanes) {
    if (!lane.label || lane.name === "pages" || lane.name === "evidence") continue;
    const w = g.measureText(lane.label).width;
    g.fillStyle = ink("--panel");
    g.globalAlpha = 0.8;
    g.fillRect(f.left, lane.y + lane.h / 2 - 8, w + 5, 16);
    g.globalAlpha = 1;
    g.fillStyle = ink("--text-2");
    g.fillText(lane.label, f.left + 2, lane.y + lane.h / 2 + 0.5);
  }
}

/** Grid, axis and the names of the lanes. */
function ground({ g, w, ink }: Sheet, f: Frame, { lanes, run }: Look): void {
  const axis = lanes[lanes.length - 1]!;
  const span = f.to - f.from;
  g.textBaseline = "middle";
  for (const t of timeSteps(f.from, f.to, Math.max((f.right - f.left) / 90, 2))) {
    const x = Math.round(xOf(f, t)) + 0.5;
    g.strokeStyle = ink("--line");
    line(g, x, 0, x, axis.y);
    g.fillStyle = ink("--text-2");
    g.textAlign = "center";
    const label = clock(t, span);
    const half = g.measureText(label).width / 2;
    g.fillText(label, clamp(x, f.left + half, w - 2 - half), axis.y + 12);
  }
  g.strokeStyle = ink("--line-2");
  line(g, f.left, axis.y + 0.5, f.right, axis.y + 0.5);
  if (w < narrow) return;
  g.textAlign = "left";
  for (const lane of lanes) {
    g.fillStyle = ink("--text-2");
    g.globalAlpha = lane.empty ? 0.75 : 1;
    g.fillText(lane.label, 0, lane.y + lane.h / 2 + 0.5);
    if (lane.empty && lane.name !== "axis") {
      g.fillText(lane.name === "keys" && run.inputs.length ? "none, though text came" : "none", f.left + 4, lane.y + lane.h / 2 + 0.5);
    }
    g.globalAlpha = 1;
  }
}

const draw: Record<LaneName, (s: Sheet, f: Frame, lane: Lane, look: Look) => ReturnType<Drawing> | void> = {
  *evidence({ g, ink }, f, lane, { run, isFact }) {
    const y = lane.y + lane.h / 2;
    yield* inLots(within(run.moments, f), (m) => {
      const x = xOf(f, m.t);
      g.fillStyle = ink(isFact(m.check) ? "--monitor" : "--reject");
      if (isFact(m.check)) disc(g, x, y, 4.5);
      else diamond(g, x, y, m.which === "best" ? 6.5 : 5.5);
      g.strokeStyle = ink("--panel");
      g.lineWidth = 1.5;
      g.stroke();
      g.lineWidth = 1;
    });
  },

  pages({ g, ink }, f, lane, { run }) {
    g.textAlign = "left";
    for (const [i, v] of run.views.entries()) {
      if (v.end < f.from || v.t > f.to) continue;
      const x0 = Math.max(xOf(f, v.t), f.left);
      const x1 = Math.min(xOf(f, v.end), f.right);
      g.fillStyle = ink(i % 2 ? "--panel-2" : "--panel-3");
      g.fillRect(x0, lane.y + 1, Math.max(x1 - x0 - 1, 1), lane.h - 2);
      g.fillStyle = ink("--line-2");
      if (v.t >= f.from) g.fillRect(x0, lane.y + 1, 1, lane.h - 2);
      const text = short(g, v.path, x1 - x0 - 12);
      g.fillStyle = ink("--text");
      if (text) g.fillText(text, x0 + 6, lane.y + lane.h / 2 + 0.5);
    }
  },

  *pointer({ g, ink }, f, lane, { run }) {
    const { moves } = run;
    const wide = Math.ceil(f.right - f.left) + 1;
    const top = new Float32Array(wide).fill(-1);
    for (let i = after(moves.t, f.from); i < moves.n && moves.t[i]! <= f.to; i++) {
      const col = Math.floor(xOf(f, moves.t[i]!) - f.left);
      if (col >= 0 && col < wide && moves.speed[i]! > top[col]!) top[col] = moves.speed[i]!;
    }
    const bottom = lane.y + lane.h - 1;
    for (let bin = 0; bin < speedInks.length; bin++) {
      g.fillStyle = ink(speedInks[bin]!);
      for (let col = 0; col < wide; col++) {
        const v = top[col]!;
        if (v < 0 || speedBin(v) !== bin) continue;
        const h = speedHeight(v) * (lane.h - 4);
        g.fillRect(f.left + col, bottom - h, 1, h);
      }
    }
    g.fillStyle = ink("--line");
    g.fillRect(f.left, bottom, f.right - f.left, 1);
    g.strokeStyle = ink("--jump");
    g.setLineDash([3, 2.5]);
    g.lineWidth = 1.5;
    yield* inLots(within(run.jumps, f), (j) => {
      g.globalAlpha = j.press === false ? faint : 1;
      line(g, xOf(f, j.t), lane.y, xOf(f, j.t), bottom);
    });
    g.globalAlpha = 1;
    g.setLineDash([]);
    g.lineWidth = 1;
  },

  *clicks({ g, ink }, f, lane, { run }) {
    const y = lane.y + lane.h / 2;
    yield* inLots(within(run.clicks, f), (c) => {
      const x = xOf(f, c.t);
      if (c.held_ms > 0) {
        g.fillStyle = ink("--line-2");
        g.fillRect(x, y - 1.5, Math.max(xOf(f, c.t + c.held_ms) - x, 1), 3);
      }
      g.fillStyle = ink(c.trusted ? "--text" : "--panel");
      disc(g, x, y, 4);
      g.strokeStyle = ink(c.trusted ? "--panel" : "--reject");
      g.lineWidth = c.trusted ? 1 : 2;
      g.stroke();
      g.lineWidth = 1;
    });
  },

  keys({ g, ink }, f, lane, { run }) {
    const { keys } = run;
    const first = after(keys.t, f.from - 2000, keys.n);
    const end = after(keys.t, f.to, keys.n);
    const perKey = (f.right - f.left) / Math.max(end - first, 1);
    const inkOf = (i: number): string => (isErase(keys.kind[i]!) ? "--erase" : isCharacter(keys.kind[i]!) ? "--key" : "--text-2");
    if (perKey >= 7) {
      // Room for each: how long it was held, in three rows so that keys held together show.
      const row = (lane.h - 4) / 3;
      for (let i = first; i < end; i++) {
        const x = xOf(f, keys.t[i]!);
        const w = keys.dwell[i]! > 0 ? Math.max(xOf(f, keys.t[i]! + keys.dwell[i]!) - x, 2) : 2;
        g.fillStyle = ink(inkOf(i));
        g.fillRect(x, lane.y + 2 + (i % 3) * row, w, row - 1.5);
      }
      return;
    }
    const wide = Math.ceil((f.right - f.left) / 2) + 1;
    const counts = { "--key": new Uint16Array(wide), "--erase": new Uint16Array(wide), "--text-2": new Uint16Array(wide) };
    let most = 1;
    for (let i = after(keys.t, f.from, keys.n); i < end; i++) {
      const col = Math.floor((xOf(f, keys.t[i]!) - f.left) / 2);
      if (col < 0 || col >= wide) continue;
      counts[inkOf(i) as keyof typeof counts]![col]!++;
      most = Math.max(most, counts["--key"][col]! + counts["--erase"][col]! + counts["--text-2"][col]!);
    }
    const unit = (lane.h - 4) / Math.max(most, 3);
    const base = new Float32Array(wide).fill(lane.y + lane.h - 1);
    for (const token of ["--key", "--text-2", "--erase"] as const) {
      g.fillStyle = ink(token);
      const column = counts[token];
      for (let col = 0; col < wide; col++) {
        if (!column[col]) continue;
        const h = Math.max(column[col]! * unit, 2);
        base[col]! -= h;
        g.fillRect(f.left + col * 2, base[col]!, 2, h);
      }
    }
  },

  *text({ g, ink }, f, lane, { run }) {
    const y = lane.y + lane.h / 2;
    g.textAlign = "left";
    for (const r of fieldRuns(run)) {
      if (r.to < f.from || r.from > f.to) continue;
      const x0 = Math.max(xOf(f, r.from), f.left - 2);
      const x1 = Math.min(Math.max(xOf(f, r.to), x0 + 3), f.right + 2);
      g.fillStyle = ink("--key-wash");
      g.fillRect(x0, y - 8, x1 - x0, 16);
      g.fillStyle = ink("--key");
      if (r.from >= f.from) g.fillRect(x0, y - 8, 2, 16);
      const text = short(g, run.fields[r.field] ?? "", x1 - x0 - 10);
      g.fillStyle = ink("--text");
      if (text) g.fillText(text, x0 + 6, y + 0.5);
    }
    g.fillStyle = ink("--jump");
    yield* inLots(within(run.pastes, f), (e) => g.fillRect(xOf(f, e.t) - 4, y - 4, 8, 8));
    g.fillStyle = ink("--text-2");
    yield* inLots(within(run.copies, f), (e) => g.fillRect(xOf(f, e.t) - 1, y - 7, 2, 14));
    g.fillStyle = ink("--text");
    yield* inLots(within(run.submits, f), (e) => {
      const x = xOf(f, e.t);
      g.fillRect(x - 0.75, lane.y - 2, 1.5, lane.h + 4);
      g.beginPath();
      g.moveTo(x, lane.y - 2);
      g.lineTo(x + 8, lane.y + 2);
      g.lineTo(x, lane.y + 6);
      g.fill();
    });
  },

  *scroll({ g, ink }, f, lane, { run }) {
    const { scroll } = run;
    let deepest = 1;
    for (let i = 0; i < scroll.n; i++) deepest = Math.max(deepest, scroll.y[i]!);
    const yOf = (v: number): number => lane.y + 2 + (v / deepest) * (lane.h - 5);
    g.strokeStyle = ink("--scroll");
    g.lineWidth = 1.5;
    g.beginPath();
    let i = -1;
    let before = -1;
    for (let x = f.left; x <= f.right; x++) {
      const t = timeOf(f, x);
      while (i + 1 < scroll.n && scroll.t[i + 1]! <= t) i++;
      const page = pageAt(run, t);
      const y = yOf(i >= 0 && scroll.p[i] === page ? scroll.y[i]! : 0);
      if (page === before) g.lineTo(x, y);
      else g.moveTo(x, y);
      before = page;
    }
    g.stroke();
    g.lineWidth = 1;
    g.fillStyle = ink("--jump");
    yield* inLots(scrollJumps(scroll, f), (k) => diamond(g, xOf(f, scroll.t[k]!), yOf(scroll.y[k]!), 4));
  },

  wheel({ g, ink }, f, lane, { run }) {
    g.fillStyle = ink("--scroll");
    let column = -1;
    for (let i = after(run.wheel, f.from); i < run.wheel.length && run.wheel[i]! <= f.to; i++) {
      const x = Math.round(xOf(f, run.wheel[i]!));
      if (x !== column) g.fillRect(x, lane.y + 2, 1, lane.h - 4);
      column = x;
    }
  },

  focus({ g, ink }, f, lane, { run }) {
    const inks = { hidden: "--text-2", blurred: "--line-2", outside: "--line" };
    for (const kind of ["outside", "blurred", "hidden"] as const) {
      g.fillStyle = ink(inks[kind]);
      for (const s of run.spans) {
        if (s.kind !== kind || s.to < f.from || s.from > f.to) continue;
        const x0 = Math.max(xOf(f, s.from), f.left);
        const x1 = Math.min(xOf(f, s.to), f.right);
        const inset = kind === "hidden" ? 2 : kind === "blurred" ? 4 : 6;
        g.fillRect(x0, lane.y + inset, Math.max(x1 - x0, 2), lane.h - inset * 2);
      }
    }
  },

  axis() {},
};

interface FieldRun {
  field: number;
  from: number;
  to: number;
}

const runsOf = new WeakMap<Run, FieldRun[]>();

/** A pause after which text in the same field is a stretch of its own, in ms. */
const pause = 5000;

/** Stretches of text and keys in one field, in the order in which they began. */
function fieldRuns(run: Run): FieldRun[] {
  const known = runsOf.get(run);
  if (known) return known;
  const runs: FieldRun[] = [];
  const add = (field: number, t: number): void => {
    const last = runs[runs.length - 1];
    if (last && last.field === field && t - last.to < pause) last.to = t;
    else runs.push({ field, from: t, to: t });
  };
  const { keys, inputs } = run;
  for (let i = 0, k = 0; i < inputs.length || k < keys.n; ) {
    if (k >= keys.n || (i < inputs.length && inputs[i]!.t <= keys.t[k]!)) {
      add(inputs[i]!.field, inputs[i]!.t);
      i++;
    } else {
      if (keys.field[k]! >= 0 && (isCharacter(keys.kind[k]!) || isErase(keys.kind[k]!))) add(keys.field[k]!, keys.t[k]!);
      k++;
    }
  }
  runsOf.set(run, runs);
  return runs;
}

const within = <T extends { t: number }>(events: T[], f: Frame): T[] => events.filter((e) => e.t >= f.from && e.t <= f.to);

/** Which steps of scrolling were jumps. */
export function scrollJumps(scroll: Scrolls, f: Frame): number[] {
  const found: number[] = [];
  for (let k = after(scroll.t, f.from, scroll.n); k < scroll.n && scroll.t[k]! <= f.to; k++) if (scroll.jump[k]) found.push(k);
  return found;
}

/** How much is seen of jumps that no press followed: they are no evidence. */
export const faint = 0.4;

export function line(g: CanvasRenderingContext2D, x0: number, y0: number, x1: number, y1: number): void {
  g.beginPath();
  g.moveTo(x0, y0);
  g.lineTo(x1, y1);
  g.stroke();
}

export function disc(g: CanvasRenderingContext2D, x: number, y: number, r: number): void {
  g.beginPath();
  g.arc(x, y, r, 0, 2 * Math.PI);
  g.fill();
}

export function diamond(g: CanvasRenderingContext2D, x: number, y: number, r: number): void {
  g.beginPath();
  g.moveTo(x, y - r);
  g.lineTo(x + r, y);
  g.lineTo(x, y + r);
  g.lineTo(x - r, y);
  g.closePath();
  g.fill();
}

/** A text cut to a width, "" where not even two letters fit. */
export function short(g: CanvasRenderingContext2D, text: string, width: number): string {
  if (width < 16) return "";
  if (g.measureText(text).width <= width) return text;
  let n = Math.min(text.length, Math.floor(width / 4));
  while (n > 1 && g.measureText(`${text.slice(0, n)}…`).width > width) n--;
  return n > 1 ? `${text.slice(0, n)}…` : "";
}
