// A span of time as it stands in the address: p=24h, 7d or 30d up to now, or
// since and until as days.

import { useEffect, useState } from "preact/hooks";
import { dayOfYear as dayName } from "./format";

export const presets = [
  { value: "24h", name: "24 h", ms: 86_400_000, words: "the last 24 hours", before: "the 24 hours before" },
  { value: "7d", name: "7 d", ms: 7 * 86_400_000, words: "the last 7 days", before: "the 7 days before" },
  { value: "30d", name: "30 d", ms: 30 * 86_400_000, words: "the last 30 days", before: "the 30 days before" },
] as const;

export interface Period {
  /** "24h", "7d", "30d", "custom", or "" for all time. */
  key: string;
  /** Unix ms; undefined is without end. */
  since: number | undefined;
  until: number | undefined;
  words: string;
  before: string;
  /** What a link to the same period carries. */
  query: Record<string, string>;
}

/** Reads 2026-03-01 as the start of that day here; NaN if it is none. */
export function dayStart(text: string | null): number {
  const m = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text ?? "");
  return m ? new Date(Number(m[1]), Number(m[2]) - 1, Number(m[3])).getTime() : NaN;
}

/** A day as an input of type date has it. */
export function dayText(ms: number): string {
  const d = new Date(ms);
  return `${d.getFullYear()}-${String(d.getMonth() + 1).padStart(2, "0")}-${String(d.getDate()).padStart(2, "0")}`;
}

/** The period of a query. An until is the last day, and part of it. */
export function period(q: URLSearchParams, now: number, otherwise: string): Period {
  const from = dayStart(q.get("from"));
  const to = dayStart(q.get("to"));
  if (!Number.isNaN(from) || !Number.isNaN(to)) {
    const end = Number.isNaN(to) ? undefined : new Date(to).setDate(new Date(to).getDate() + 1);
    const since = Number.isNaN(from) ? undefined : from;
    const words =
      since === undefined ? `until ${dayName(to)}` : end === undefined ? `since ${dayName(since)}` : from === to ? dayName(from) : `${dayName(since)} to ${dayName(to)}`;
    const query: Record<string, string> = {};
    if (since !== undefined) query["from"] = dayText(since);
    if (end !== undefined) query["to"] = dayText(to);
    return { key: "custom", since, until: end, words, before: "the time of the same length before", query };
  }
  const key = q.get("p") ?? otherwise;
  const preset = presets.find((p) => p.value === key);
  if (!preset) return { key: "", since: undefined, until: undefined, words: "all time", before: "", query: {} };
  return { key, since: now - preset.ms, until: undefined, words: preset.words, before: preset.before, query: { p: key } };
}

/** The time, in whole minutes, that moves on while the page is seen. */
export function useMinute(): number {
  const minute = (): number => Math.ceil(Date.now() / 60_000) * 60_000;
  const [now, set] = useState(minute);
  useEffect(() => {
    const tick = (): void => {
      if (document.visibilityState === "visible") set(minute());
    };
    const timer = setInterval(tick, 20_000);
    document.addEventListener("visibilitychange", tick);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", tick);
    };
  }, []);
  return now;
}
