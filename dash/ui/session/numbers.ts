// Numbers of evidence in few digits.

import { count } from "../app/format";
import type { Measure } from "./types";

/** At most three significant digits, and no more than needed: 1, 0.6, 12.3, 4,800. */
export function number(v: number | null): string {
  if (v === null || !Number.isFinite(v)) return "–";
  const text = Math.abs(v) >= 100 ? count(v) : String(Number(v.toPrecision(3)));
  return text.replace("-", "−");
}

export const signed = (v: number): string => (v < 0 ? number(v) : `+${number(v)}`);

/** A value with its unit; shares as parts of a hundred. */
export function measured({ name, unit }: Measure, v: number | null): string {
  if (v !== null && !unit && /_share$|^share$/.test(name)) return `${number(v * 100)} %`;
  return unit ? `${number(v)} ${unit}` : number(v);
}

export const sign = (fires: string): string => fires.replace("<=", "≤").replace(">=", "≥");

/** Reports whether the value is evidence. */
export function fires({ value, threshold, fires: how }: Measure): boolean {
  if (value === null || threshold === null) return false;
  switch (how) {
    case "<":
      return value < threshold;
    case "<=":
      return value <= threshold;
    case ">":
      return value > threshold;
    case ">=":
      return value >= threshold;
    default:
      return false;
  }
}
