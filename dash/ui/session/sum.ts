// How the score came about, in points: the base, what counted for and against the
// session, and the cap. Contributions are log-odds, and so the order in which they
// are added shows: what speaks for the session comes first, then the evidence from
// the strongest on.

import type { Check, Evidence } from "./types";

export interface Step {
  kind: "base" | "down" | "up" | "cap" | "total";
  label: string;
  from: number;
  to: number;
  /** Log-odds; 0 for the cap and the total. */
  adds: number;
  provisional: boolean;
  /** The check that it came from, "" for none or several. */
  check: string;
}

const points = (logOdds: number): number => 100 / (1 + Math.exp(-logOdds));

export const applied = (c: Check): number => c.contribution?.applied ?? 0;

export function stepsOf({ assessment: a, checks }: Evidence): Step[] {
  const all = Object.entries(checks);
  const down = all.filter(([, c]) => applied(c) < 0);
  const up = all.filter(([, c]) => applied(c) > 0).sort(([, x], [, y]) => applied(y) - applied(x));

  let sum = a.base_log_odds ?? 0;
  const out: Step[] = [{ kind: "base", label: "Before any evidence", from: 0, to: points(sum), adds: sum, provisional: false, check: "" }];
  const add = (label: string, adds: number, provisional: boolean, check: string): void => {
    const from = points(sum);
    sum += adds;
    out.push({ kind: adds < 0 ? "down" : "up", label, from, to: points(sum), adds, provisional, check });
  };
  if (down.length) {
    const total = down.reduce((t, [, c]) => t + applied(c), 0);
    const only = down.length === 1 ? down[0]![0] : "";
    add(down.length === 1 ? "1 check found nothing" : `${down.length} checks found nothing`, total, down.some(([, c]) => provisional(c)), only);
  }
  for (const [key, c] of up) add(c.title, applied(c), provisional(c), key);
  if (a.log_odds !== null && Math.abs(a.log_odds - sum) > 0.02) add("Limits of the policy", a.log_odds - sum, false, "");
  if (points(sum) > a.cap + 0.5) {
    out.push({ kind: "cap", label: `Held at ${a.cap}`, from: points(sum), to: a.cap, adds: 0, provisional: false, check: "" });
  }
  out.push({ kind: "total", label: "Score", from: 0, to: a.score, adds: 0, provisional: false, check: "" });
  return out;
}

/** A weight that was not measured on recorded people. */
export const provisional = (c: Check): boolean => c.contribution !== null && !c.contribution.measured;

/** Checks that said Detected and yet added nothing: another of their kind counted. */
export const silent = ({ checks }: Evidence): Check[] =>
  Object.values(checks).filter((c) => c.verdict === "Detected" && (c.contribution?.weight ?? 0) > 0 && applied(c) === 0);
