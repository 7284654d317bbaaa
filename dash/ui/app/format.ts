// Numbers, times and names as they are shown.

const whole = new Intl.NumberFormat("en-GB");

/** 12,345. */
export const count = (n: number): string => whole.format(n);

/** 12,345; 123 k; 1.2 M. */
export function short(n: number): string {
  if (n < 100_000) return count(n);
  if (n < 1_000_000) return `${Math.floor(n / 1000)} k`;
  return `${(Math.floor(n / 100_000) / 10).toFixed(1)} M`;
}

/** A share from 0 to 1: 0 %, <0.1 %, 3.4 %, 45 %, 100 %. Never rounds to 0 or to 100. */
export function percent(share: number): string {
  const p = share * 100;
  if (p <= 0) return "0 %";
  if (p >= 100) return "100 %";
  if (p < 0.1) return "<0.1 %";
  if (p > 99.9) return ">99.9 %";
  if (p < 10 || p > 99) return `${p.toFixed(1)} %`;
  return `${Math.round(p)} %`;
}

/** "1 session", "3 sessions". */
export function plural(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}

/** Milliseconds: 0.8 s, 12 s, 4 min 05 s, 2 h 10 min. */
export function duration(ms: number): string {
  const s = ms / 1000;
  if (s < 10) return `${s.toFixed(1)} s`;
  if (s < 60) return `${Math.floor(s)} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${pad(Math.floor(s % 60))} s`;
  return `${Math.floor(s / 3600)} h ${pad(Math.floor((s % 3600) / 60))} min`;
}

const pad = (n: number): string => String(n).padStart(2, "0");

type Time = string | number | null | undefined;

/** The moment of an ISO time or of Unix ms; NaN if there is none. */
export function moment(t: Time): number {
  if (t === null || t === undefined || t === "") return NaN;
  const ms = typeof t === "number" ? t : Date.parse(t);
  return ms > 0 ? ms : NaN;
}

const dayTime = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const dayYear = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
const dayOnly = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short" });
const timeOnly = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const full = new Intl.DateTimeFormat("en-GB", {
  day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3, timeZoneName: "short",
});

/** In the viewer's time zone: 14:05 today, 3 May, 14:05 this year, 3 May 2024 before. */
export function when(t: Time, now = Date.now()): string {
  const ms = moment(t);
  if (Number.isNaN(ms)) return "never";
  const d = new Date(ms);
  const today = new Date(now);
  if (d.toDateString() === today.toDateString()) return timeOnly.format(d);
  return d.getFullYear() === today.getFullYear() ? dayTime.format(d) : dayYear.format(d);
}

/** To the millisecond, with the zone. */
export function exact(t: Time): string {
  const ms = moment(t);
  return Number.isNaN(ms) ? "" : full.format(ms);
}

/** Wed 3 May. */
export const day = (ms: number): string => dayOnly.format(ms);

const dayUTC = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" });

/** Wed 3 May, of a day that the server counted: its days begin at midnight UTC. */
export const countedDay = (ms: number): string => dayUTC.format(ms);

/** Wed 3 May, 14:05. */
export const hour = (ms: number): string => `${dayOnly.format(ms)}, ${timeOnly.format(ms)}`;

/** 5 s ago, 3 min ago, 2 h ago, 4 d ago, in 3 d. */
export function ago(t: Time, now = Date.now()): string {
  const ms = moment(t);
  if (Number.isNaN(ms)) return "never";
  const s = Math.abs(now - ms) / 1000;
  const text =
    s < 60 ? `${Math.floor(s)} s` : s < 3600 ? `${Math.floor(s / 60)} min` : s < 86_400 ? `${Math.floor(s / 3600)} h` : `${Math.floor(s / 86_400)} d`;
  return ms > now ? `in ${text}` : `${text} ago`;
}

const regions = new Intl.DisplayNames("en-GB", { type: "region", fallback: "code" });

/** A country's name from its two letters. */
export function country(code: string | undefined): string {
  if (!code) return "Unknown country";
  try {
    return regions.of(code.toUpperCase()) ?? code;
  } catch {
    return code;
  }
}

/** First letter large. */
export const capital = (s: string): string => s.charAt(0).toUpperCase() + s.slice(1);

/** 32 hexadecimal digits, enough of them to tell sessions apart. */
export const shortID = (id: string): string => id.slice(0, 8);

/**
 * The interval of a share of k in n that holds with 95 % confidence (Wilson), as
 * if sessions were independent of each other.
 */
export function interval(k: number, n: number): [number, number] {
  if (n === 0) return [0, 1];
  const z = 1.96;
  const p = k / n;
  const mid = (p + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  return [k === 0 ? 0 : Math.max(0, mid - half), k === n ? 1 : Math.min(1, mid + half)];
}

/**
 * The interval of the difference of two shares, k of n less j of m, that holds
 * with 95 % confidence (Newcombe's from two Wilson intervals).
 */
export function change(k: number, n: number, j: number, m: number): { delta: number; low: number; high: number } {
  const p = n ? k / n : 0;
  const q = m ? j / m : 0;
  const [pl, ph] = interval(k, n);
  const [ql, qh] = interval(j, m);
  const delta = p - q;
  return { delta, low: delta - Math.hypot(p - pl, qh - q), high: delta + Math.hypot(ph - p, q - ql) };
}
