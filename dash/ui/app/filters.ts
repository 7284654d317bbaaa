// Which sessions are listed: a filter is what stands in the address, and what the
// server is asked with.

import type { Query } from "./api";
import { capital, country } from "./format";
import { type Period, period } from "./period";
import type { Check, SessionRow } from "./types";

export type FilterKey = "score" | "flag" | "unknown" | "tag" | "route" | "country" | "device" | "browser" | "actor" | "user" | "label" | "status";

export interface Kind {
  key: FilterKey;
  name: string;
  /** All that there is to choose from; undefined if anything may be entered. */
  choices?: string[];
  hint?: string;
}

/** What can be filtered by, beside time and words. */
export const kinds: Kind[] = [
  { key: "score", name: "Score" },
  { key: "flag", name: "Detected" },
  { key: "unknown", name: "Unknown" },
  { key: "status", name: "Status", choices: ["live", "complete"] },
  { key: "label", name: "Label", choices: ["person", "machine", "unsure"] },
  { key: "actor", name: "Actor", choices: ["person", "assisted person", "verified agent", "declared agent", "undeclared automation", "unknown"] },
  { key: "tag", name: "Tag" },
  { key: "route", name: "Route", hint: "As the list shows it, such as /signup" },
  { key: "user", name: "User", hint: "Your own id of the user" },
  { key: "device", name: "Device", choices: ["desktop", "phone", "tablet", "other"] },
  { key: "browser", name: "Browser", hint: "A family's name, such as Firefox" },
  { key: "country", name: "Country", hint: "Two letters, such as DE" },
];

const plain = ["flag", "unknown", "tag", "route", "country", "device", "browser", "actor", "user", "label", "status"] as const;

/** What of an address is a filter. */
export const filterNames = ["q", "min", "max", ...plain] as const;

export interface Filter {
  period: Period;
  /** As the server is asked, without a cursor. */
  query: Query;
  /** As a key to tell filters apart. */
  id: string;
}

export function filterOf(q: URLSearchParams, now: number): Filter {
  const p = period(q, now, "");
  const query: Query = {};
  for (const name of filterNames) {
    const v = q.get(name);
    if (v) query[name] = v;
  }
  const id = JSON.stringify([query, p.query]);
  if (p.since !== undefined) query["since"] = p.since;
  if (p.until !== undefined) query["until"] = p.until;
  return { period: p, query, id };
}

export interface Chip {
  key: FilterKey;
  text: string;
  /** The names in the address that go with it. */
  names: string[];
}

export function chips(q: URLSearchParams, checks: Check[]): Chip[] {
  const list: Chip[] = [];
  const min = q.get("min");
  const max = q.get("max");
  if (min || max) {
    const text = min && max ? (min === max ? `Score ${min}` : `Score ${min} to ${max}`) : min ? `Score ${min} or more` : `Score up to ${max}`;
    list.push({ key: "score", text, names: ["min", "max"] });
  }
  for (const key of plain) {
    const v = q.get(key);
    if (!v) continue;
    const name = kinds.find((k) => k.key === key)?.name ?? key;
    list.push({ key, text: `${name}: ${value(key, v, checks)}`, names: [key] });
  }
  return list;
}

/** A value as people read it. */
export function value(key: FilterKey, v: string, checks: Check[]): string {
  switch (key) {
    case "flag":
    case "unknown":
      return checks.find((c) => c.key === v)?.title ?? v;
    case "country":
      return country(v);
    case "status":
    case "label":
    case "actor":
    case "device":
      return capital(v);
    default:
      return v;
  }
}

/**
 * Whether a row that came in is among the listed ones; undefined where only the
 * server can say.
 */
export function admits(f: Filter, r: SessionRow): boolean | undefined {
  const q = f.query;
  const started = Date.parse(r.started_at);
  if (f.period.until !== undefined && started >= f.period.until) return false;
  if (f.period.since !== undefined && started < f.period.since) return false;
  if (q["min"] !== undefined && r.score < Number(q["min"])) return false;
  if (q["max"] !== undefined && r.score > Number(q["max"])) return false;
  const is = (name: string, have: string | undefined): boolean => q[name] === undefined || String(q[name]).toLowerCase() === (have ?? "").toLowerCase();
  const has = (name: string, have: readonly string[] | null | undefined): boolean => q[name] === undefined || (have ?? []).includes(String(q[name]));
  const fits =
    is("country", r.country) &&
    is("device", r.device) &&
    is("browser", r.browser) &&
    is("actor", r.actor) &&
    is("user", r.user_id) &&
    is("status", r.status) &&
    is("label", r.label) &&
    has("flag", r.detected) &&
    has("unknown", r.unknown) &&
    has("tag", r.tags) &&
    has("route", r.routes ?? [r.route]);
  if (!fits) return false;
  return q["q"] === undefined ? true : undefined;
}
