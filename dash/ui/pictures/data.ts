// A session's columns, made ready for drawing: typed arrays, sorted by time.

import type { Jump, RawClick, Timeline } from "../session/types";

export interface Moves {
  n: number;
  /** ms since the session's first event, rising. */
  t: Float64Array;
  x: Float32Array;
  y: Float32Array;
  /** Index of the page. */
  p: Uint16Array;
  /** CSS px a second since the move before, 0 for the first of a page and after a rest. */
  speed: Float32Array;
}

export interface Keys {
  n: number;
  t: Float64Array;
  kind: Uint8Array;
  /** ms, -1 if unknown. */
  dwell: Float32Array;
  /** Index of the field, -1 for none. */
  field: Int32Array;
}

export interface Scrolls {
  n: number;
  t: Float64Array;
  y: Float32Array;
  p: Uint16Array;
  jump: Uint8Array;
}

export interface Page {
  page: string;
  t: number;
  /** When the next one was opened, or the session's end. */
  end: number;
  url: string;
  path: string;
  w: number;
  h: number;
}

export interface View {
  t: number;
  end: number;
  path: string;
}

export interface Click extends RawClick {
  /** From the target's centre, NaN if its size is unknown. */
  dx: number;
  dy: number;
}

export interface Run {
  /** Unix ms of the first event. */
  start: number;
  /** ms from the first event to the last, at least 1. */
  end: number;
  cut: boolean;
  /** Nothing at all was recorded. */
  empty: boolean;
  pages: Page[];
  views: View[];
  moves: Moves;
  jumps: Jump[];
  clicks: Click[];
  keys: Keys;
  fields: string[];
  inputs: { t: number; field: number; how: string; n: number }[];
  scroll: Scrolls;
  wheel: Float64Array;
  spans: { kind: "hidden" | "blurred" | "outside"; from: number; to: number }[];
  submits: { t: number }[];
  pastes: { t: number; field: number; n: number }[];
  copies: { t: number }[];
  moments: Mark[];
}

/** A moment of evidence. */
export interface Mark {
  check: string;
  which: "first" | "best";
  t: number;
  page: string;
}

/** Classes of keys, as the server names them. */
export const keyKinds = ["letter", "digit", "space", "punctuation", "erase", "enter", "tab", "arrow", "modifier", "shortcut", "other"];

const erase = keyKinds.indexOf("erase");

/** Reports whether a class of key puts a character into a field. */
export const isCharacter = (kind: number): boolean => kind < erase;
export const isErase = (kind: number): boolean => kind === erase;

/** A pause after which the next move begins anew, in ms. */
export const rest = 250;

const list = <T>(a: T[] | null | undefined): T[] => a ?? [];
const byTime = (a: { t: number }, b: { t: number }): number => a.t - b.t;

/** Lets the browser breathe between pieces of work. */
export const breathe = (): Promise<void> => new Promise((go) => setTimeout(go, 0));

/** Makes columns of what is known of a session that lasted so many ms, with a breath between the large ones. */
export async function runOf(raw: Timeline, duration: number): Promise<Run> {
  const moves = movesOf(raw);
  await breathe();
  const keys = keysOf(raw);
  const scroll = scrollOf(raw);
  await breathe();
  const wheel = Float64Array.from(list(raw.wheel?.t));
  const clicks = list(raw.clicks).map(click).sort(byTime);
  const spans = list(raw.spans);
  const parts = {
    jumps: list(raw.jumps),
    inputs: list(raw.inputs),
    submits: list(raw.submits),
    pastes: list(raw.pastes),
    copies: list(raw.copies),
    moments: list(raw.moments)
      .map(({ check, which, t, page }): Mark => ({ check, which, t, page }))
      .sort(byTime),
  };
  let last = Math.max(moves.t[moves.n - 1] ?? 0, keys.t[keys.n - 1] ?? 0, scroll.t[scroll.n - 1] ?? 0, wheel[wheel.length - 1] ?? 0);
  for (const events of [clicks, parts.jumps, parts.inputs, parts.submits, parts.pastes, parts.copies, parts.moments, list(raw.views), list(raw.pages)]) {
    for (const e of events) last = Math.max(last, e.t);
  }
  for (const s of spans) last = Math.max(last, s.from, s.to);
  const end = Math.max(last, duration, 1);
  const pages = pagesOf(raw, end);
  return {
    start: raw.started_at_ms,
    end,
    cut: raw.cut,
    empty: last === 0 && pages.length === 0 && moves.n + keys.n + scroll.n + clicks.length === 0,
    pages,
    views: viewsOf(raw, pages, end),
    moves,
    clicks,
    keys,
    fields: list(raw.fields),
    scroll,
    wheel,
    spans: spans.flatMap((s) => until(s, pages, last)),
    ...parts,
  };
}

/** A document takes so long at most from when the one before was left, in ms. */
const opening = 5000;

/**
 * A time away that nothing in its document ended is over when the next one is opened;
 * and who only left one document for another was not away.
 */
function until<S extends { from: number; to: number }>(span: S, pages: Page[], last: number): S[] {
  if (span.to > span.from && span.to < last) return [span];
  let to = Infinity;
  for (const p of pages) if (p.t >= span.from && p.t > 0 && p.t < to) to = p.t;
  if (to === Infinity) return [{ ...span, to: Math.max(last, span.to) }];
  return to - span.from > opening ? [{ ...span, to }] : [];
}

function movesOf(raw: Timeline): Moves {
  const t = Float64Array.from(list(raw.moves?.t));
  const x = Float32Array.from(list(raw.moves?.x));
  const y = Float32Array.from(list(raw.moves?.y));
  const p = Uint16Array.from(list(raw.moves?.p));
  const n = Math.min(t.length, x.length, y.length, p.length);
  const speed = new Float32Array(n);
  for (let i = 1; i < n; i++) {
    const dt = t[i]! - t[i - 1]!;
    if (p[i] !== p[i - 1] || dt > rest) continue;
    // Two in one millisecond: as fast as the one before.
    speed[i] = dt > 0 ? (Math.hypot(x[i]! - x[i - 1]!, y[i]! - y[i - 1]!) / dt) * 1000 : speed[i - 1]!;
  }
  return { n, t, x, y, p, speed };
}

function keysOf(raw: Timeline): Keys {
  const t = Float64Array.from(list(raw.keys?.t));
  const names = list(raw.keys?.class);
  const other = keyKinds.length - 1;
  const kind = Uint8Array.from(names, (name) => {
    const i = keyKinds.indexOf(name);
    return i < 0 ? other : i;
  });
  const dwell = Float32Array.from(list(raw.keys?.dwell_ms));
  const field = Int32Array.from(list(raw.keys?.field));
  return { n: Math.min(t.length, kind.length, dwell.length, field.length), t, kind, dwell, field };
}

function scrollOf(raw: Timeline): Scrolls {
  const t = Float64Array.from(list(raw.scroll?.t));
  const y = Float32Array.from(list(raw.scroll?.y));
  const p = Uint16Array.from(list(raw.scroll?.p));
  const jump = Uint8Array.from(list(raw.scroll?.jump), Number);
  return { n: Math.min(t.length, y.length, p.length), t, y, p, jump };
}

function click(c: RawClick): Click {
  const sized = c.w > 0 && c.h > 0;
  return { ...c, dx: sized ? c.off_x - c.w / 2 : NaN, dy: sized ? c.off_y - c.h / 2 : NaN };
}

function pagesOf(raw: Timeline, end: number): Page[] {
  const pages = list(raw.pages);
  return pages.map((p) => {
    let next = end;
    for (const q of pages) if (q.t > p.t && q.t < next) next = q.t;
    return { ...p, end: next, path: pathOf(p.url) };
  });
}

/** Routes as the address bar showed them; where no change of route is told, the pages. */
function viewsOf(raw: Timeline, pages: Page[], end: number): View[] {
  const all = [...list(raw.views).map((v) => ({ t: v.t, path: pathOf(v.url) })), ...pages.map((p) => ({ t: p.t, path: p.path }))].sort(byTime);
  const views: View[] = [];
  for (const v of all) {
    const before = views[views.length - 1];
    if (before && before.path === v.path) continue;
    if (before) before.end = v.t;
    views.push({ ...v, end });
  }
  return views;
}

/** The path of an address, or the whole where it has none. */
export function pathOf(url: string): string {
  try {
    return new URL(url).pathname || url;
  } catch {
    return url;
  }
}

/** The index of the first time that is at or after t; n if there is none. */
export function after(times: ArrayLike<number>, t: number, n = times.length): number {
  let low = 0;
  let high = n;
  while (low < high) {
    const mid = (low + high) >> 1;
    if (times[mid]! < t) low = mid + 1;
    else high = mid;
  }
  return low;
}

/** The index of the time that is nearest to t; -1 if there is none. */
export function nearest(times: ArrayLike<number>, t: number, n = times.length): number {
  const i = after(times, t, n);
  if (i === 0) return n === 0 ? -1 : 0;
  if (i === n) return n - 1;
  return times[i]! - t < t - times[i - 1]! ? i : i - 1;
}

/** The page that was opened last at t, as an index. */
export function pageAt(run: Run, t: number): number {
  let at = 0;
  for (let i = 1; i < run.pages.length; i++) {
    const opened = run.pages[i]!.t;
    if (opened <= t && opened >= run.pages[at]!.t) at = i;
  }
  return at;
}

/** The share below which part of sorted values lie. */
export function quantile(sorted: ArrayLike<number>, part: number): number {
  if (sorted.length === 0) return NaN;
  const at = (sorted.length - 1) * part;
  const low = sorted[Math.floor(at)]!;
  const high = sorted[Math.ceil(at)]!;
  return low + (high - low) * (at - Math.floor(at));
}
