// Intervals and holds of keys, and how people's are spread.

import type { Distribution } from "../session/types";
import { isCharacter, isErase, quantile, type Run } from "./data";

export interface Interval {
  t: number;
  /** From the press before to this one, ms. */
  ms: number;
  /** Both keys put a character into a field: comparable with people's. */
  plain: boolean;
  erase: boolean;
}

/** Longer ones are not drawn, ms. */
export const longest = 5000;

/** Longer ones are pauses and no rhythm, where people's are not known to reach elsewhere, ms. */
export const usual = 2000;

const modifier = 8;

/** The intervals between successive keys of a field, modifiers left out. */
export function intervals({ keys }: Run): Interval[] {
  const found: Interval[] = [];
  let before = -1;
  for (let i = 0; i < keys.n; i++) {
    const kind = keys.kind[i]!;
    if (kind >= modifier) {
      if (kind > modifier) before = -1;
      continue;
    }
    if (before >= 0 && keys.field[before] === keys.field[i]) {
      const ms = keys.t[i]! - keys.t[before]!;
      if (ms <= longest) found.push({ t: keys.t[i]!, ms, plain: isCharacter(kind) && isCharacter(keys.kind[before]!), erase: isErase(kind) });
    }
    before = i;
  }
  return found;
}

/** How long character keys were held, ms. */
export function holds({ keys }: Run): number[] {
  const found: number[] = [];
  for (let i = 0; i < keys.n; i++) if (isCharacter(keys.kind[i]!) && keys.dwell[i]! >= 0) found.push(keys.dwell[i]!);
  return found;
}

/** Shares of values that fall between edges; what is below goes to the first. */
export function sharesOf(values: number[], edges: number[]): number[] {
  const bins = new Array<number>(edges.length - 1).fill(0);
  for (const v of values) {
    if (v > edges[edges.length - 1]!) continue;
    let i = 0;
    while (i < bins.length - 1 && v >= edges[i + 1]!) i++;
    bins[i]!++;
  }
  return values.length ? bins.map((n) => n / values.length) : bins;
}

/** The value below which a part of people's lie, between the edges in a straight line. */
export function quantileOf({ edges, share }: Distribution, part: number): number {
  let sum = 0;
  for (const [i, s] of share.entries()) {
    if (sum + s >= part && s > 0) return edges[i]! + ((part - sum) / s) * (edges[i + 1]! - edges[i]!);
    sum += s;
  }
  return edges[edges.length - 1] ?? NaN;
}

/** The edges to count by where nothing is known of people: quarters of an octave, ms. */
export const plainEdges: number[] = [0, ...Array.from({ length: 32 }, (_, i) => 8 * 2 ** (i / 4)), usual];

export interface Middle {
  low: number;
  mid: number;
  high: number;
}

/** The middle half of values. */
export function middle(values: number[]): Middle {
  const sorted = Float64Array.from(values).sort();
  return { low: quantile(sorted, 0.25), mid: quantile(sorted, 0.5), high: quantile(sorted, 0.75) };
}

export const middleOf = (d: Distribution): Middle => ({ low: quantileOf(d, 0.25), mid: quantileOf(d, 0.5), high: quantileOf(d, 0.75) });
