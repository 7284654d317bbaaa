// How times and sizes are said in pictures.

import { count, plural } from "../app/format";

/** A moment of the session: 0.584 s, 12.40 s, 4:05.2, 1:02:03. Finer where the span that is looked at is short. */
export function clock(ms: number, span = Infinity): string {
  const s = ms / 1000;
  if (span < 2000) return s < 60 ? `${s.toFixed(3)} s` : minutes(s, 3);
  if (s < 60) return `${s.toFixed(span < 20_000 ? 2 : 1)} s`;
  return minutes(s, span < 120_000 ? 1 : 0);
}

function minutes(s: number, digits: number): string {
  const unit = 10 ** digits;
  const whole = Math.round(s * unit) / unit;
  const h = Math.floor(whole / 3600);
  const m = Math.floor((whole % 3600) / 60);
  const rest = (whole % 60).toFixed(digits);
  const sec = rest.indexOf(".") === 1 || rest.length === 1 ? `0${rest}` : rest;
  return h ? `${h}:${String(m).padStart(2, "0")}:${sec}` : `${m}:${sec}`;
}

/** 0.4 ms, 84 ms, 1.2 s. */
export function ms(v: number): string {
  if (!Number.isFinite(v)) return "–";
  if (v < 10) return `${trim(v.toFixed(1))} ms`;
  return v < 1000 ? `${Math.round(v)} ms` : `${trim((v / 1000).toFixed(v < 10_000 ? 1 : 0))} s`;
}

const trim = (s: string): string => s.replace(/\.0+$/, "");

/** 0.5 px, 12 px, −1,090 px. */
export const px = (v: number): string => `${(Math.abs(v) < 10 ? trim(v.toFixed(1)) : count(Math.round(v))).replace("-", "−")} px`;

/** "2 clicks", "no click". */
export const some = (n: number, one: string, many?: string): string => (n === 0 ? `no ${one}` : plural(n, one, many));

/** "a, b and c". */
export function join(parts: string[]): string {
  return parts.length < 2 ? (parts[0] ?? "") : `${parts.slice(0, -1).join(", ")} and ${parts[parts.length - 1]}`;
}

/** Steps of an axis that are easy to read: at most so many of them in a span. */
export function steps(from: number, to: number, most: number): number[] {
  const raw = (to - from) / Math.max(most, 1);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((k) => k * power).find((s) => s >= raw) ?? power * 10;
  const out: number[] = [];
  for (let v = Math.ceil(from / step) * step; v <= to + step * 1e-6; v += step) out.push(v);
  return out;
}

/** Steps of an axis of time, in ms: seconds and minutes that people count in. */
export function timeSteps(from: number, to: number, most: number): number[] {
  const nice = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 15e3, 3e4, 6e4, 12e4, 3e5, 6e5, 9e5, 18e5, 36e5, 72e5, 216e5, 432e5];
  const step = nice.find((s) => (to - from) / s <= most) ?? 864e5;
  const out: number[] = [];
  for (let v = Math.ceil(from / step) * step; v <= to; v += step) out.push(v);
  return out;
}
