// How the score came about, in points: the base, what counted against and for
// the session, and the cap. Contributions are log-odds and so the order in which
// they are added shows; what speaks for the session comes first, then the
// evidence from the strongest on.

import { el, setText } from "./dom";
import type { Check, Evidence } from "./types";

interface Step {
  kind: "base" | "down" | "up" | "cap" | "total";
  label: string;
  from: number;
  to: number;
  provisional: boolean;
}

const points = (logOdds: number): number => 100 / (1 + Math.exp(-logOdds));

export function steps({ assessment: a, checks }: Evidence): Step[] {
  const all = Object.values(checks);
  const down = all.filter((c) => c.contribution.applied < 0);
  const up = all.filter((c) => c.contribution.applied > 0).sort((x, y) => y.contribution.applied - x.contribution.applied);

  let sum = a.base_log_odds;
  const out: Step[] = [{ kind: "base", label: "Before any evidence", from: 0, to: points(sum), provisional: false }];
  const add = (label: string, logOdds: number, provisional: boolean): void => {
    const from = points(sum);
    sum += logOdds;
    out.push({ kind: logOdds < 0 ? "down" : "up", label, from, to: points(sum), provisional });
  };
  if (down.length) {
    const total = down.reduce((t, c) => t + c.contribution.applied, 0);
    add(down.length === 1 ? "1 check found nothing" : `${down.length} checks found nothing`, total, down.some(provisional));
  }
  for (const c of up) add(c.title, c.contribution.applied, provisional(c));
  if (Math.abs(a.log_odds - sum) > 0.02) add("Limits of the policy", a.log_odds - sum, false);
  if (points(sum) > a.cap + 0.5) {
    out.push({ kind: "cap", label: `Capped at ${a.cap}`, from: points(sum), to: a.cap, provisional: false });
  }
  out.push({ kind: "total", label: "Score", from: 0, to: a.score, provisional: false });
  return out;
}

const provisional = (c: Check): boolean => !c.contribution.measured;

export function drawWaterfall(list: HTMLElement, footnote: HTMLElement, evidence: Evidence): void {
  const drawn = steps(evidence);
  list.replaceChildren(...drawn.map(row));

  const notes: string[] = [];
  const reason = evidence.assessment.cap_reason;
  if (reason && drawn.some((s) => s.kind === "cap")) notes.push(`The cap: ${reason.replace(/[.]?$/, ".")}`);
  const silent = Object.values(evidence.checks)
    .filter((c) => c.verdict === "Detected" && c.contribution.weight > 0 && c.contribution.applied === 0)
    .map((c) => c.title.toLowerCase());
  if (silent.length) notes.push(`Detected without adding to the sum: ${silent.join(", ")}.`);
  if (drawn.some((s) => s.provisional)) notes.push("Striped weights are provisional: not yet measured on recorded people.");
  setText(footnote, notes.join(" "));
}

function row(s: Step): HTMLElement {
  const delta = Math.round(s.to) - Math.round(s.from);
  const whole = s.kind === "base" || s.kind === "total";
  const change = delta > 0 ? `+${delta}` : delta < 0 ? `−${-delta}` : "<1";
  const bar = el("span", "step-bar");
  bar.style.setProperty("--from", String(Math.min(s.from, s.to)));
  bar.style.setProperty("--to", String(Math.max(s.from, s.to)));
  const track = el("span", "step-track", bar);
  track.style.setProperty("--end", String(s.to));
  const made = el(
    "li",
    "step",
    el("span", "step-label", s.label),
    el("span", "step-delta", whole ? String(delta) : change),
    track,
  );
  made.dataset.kind = s.kind;
  if (s.provisional) made.dataset.provisional = "";
  return made;
}
