// Numbers, times and names as they are shown.

/** 12,345. */
export function count(n: number): string {
  const s = String(Math.abs(Math.round(n)));
  return (n < 0 ? "-" : "") + s.replace(/\B(?=(\d{3})+$)/g, ",");
}

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

// Written out by hand: a browser's own formatter takes tens of ms to get ready.
const months = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

/** 3 May. */
export const date = (ms: number): string => dayAndMonth(new Date(ms));
const dayAndMonth = (d: Date): string => `${d.getDate()} ${months[d.getMonth()]!.slice(0, 3)}`;

/** 14:05. */
export const clockTime = (ms: number): string => clockOf(new Date(ms));
const clockOf = (d: Date): string => `${pad(d.getHours())}:${pad(d.getMinutes())}`;

/** In the viewer's time zone: 14:05 today, 3 May, 14:05 this year, 3 May 2024 before. */
export function when(t: Time, now = Date.now()): string {
  const ms = moment(t);
  if (Number.isNaN(ms)) return "never";
  const d = new Date(ms);
  const today = new Date(now);
  if (d.toDateString() === today.toDateString()) return clockOf(d);
  return d.getFullYear() === today.getFullYear() ? `${dayAndMonth(d)}, ${clockOf(d)}` : `${dayAndMonth(d)} ${d.getFullYear()}`;
}

/** 3 May 2026, 14:05:09.123, UTC+2. */
export function exact(t: Time): string {
  const ms = moment(t);
  if (Number.isNaN(ms)) return "";
  const d = new Date(ms);
  const seconds = `${pad(d.getSeconds())}.${String(d.getMilliseconds()).padStart(3, "0")}`;
  return `${d.getDate()} ${months[d.getMonth()]} ${d.getFullYear()}, ${clockOf(d)}:${seconds}, ${zone(-d.getTimezoneOffset())}`;
}

/** UTC, UTC+2, UTC−3:30, of minutes before UTC. */
function zone(minutes: number): string {
  if (minutes === 0) return "UTC";
  const m = Math.abs(minutes);
  return `UTC${minutes < 0 ? "−" : "+"}${Math.floor(m / 60)}${m % 60 ? `:${pad(m % 60)}` : ""}`;
}

/** Wed 3 May. */
export const day = (ms: number): string => `${weekdays[new Date(ms).getDay()]} ${date(ms)}`;

/** Wed 3 May; with the year where it is not this one. */
export function dayOfYear(ms: number): string {
  const year = new Date(ms).getFullYear();
  return year === new Date().getFullYear() ? day(ms) : `${day(ms)} ${year}`;
}

/** 3 May, of a day that the server counted: its days begin at midnight UTC. */
export function countedDate(ms: number): string {
  const d = new Date(ms);
  return `${d.getUTCDate()} ${months[d.getUTCMonth()]!.slice(0, 3)}`;
}

/** Wed 3 May, of a day that the server counted. */
export const countedDay = (ms: number): string => `${weekdays[new Date(ms).getUTCDay()]} ${countedDate(ms)}`;

/** Wed 3 May, 14:05. */
export const hour = (ms: number): string => `${day(ms)}, ${clockTime(ms)}`;

/** 5 s ago, 3 min ago, 2 h ago, 4 d ago, in 3 d. */
export function ago(t: Time, now = Date.now()): string {
  const ms = moment(t);
  if (Number.isNaN(ms)) return "never";
  const s = Math.abs(now - ms) / 1000;
  const whole = ms > now ? Math.round : Math.floor; // what was made for 7 days ends in 7 d
  const text = s < 60 ? `${whole(s)} s` : s < 3600 ? `${whole(s / 60)} min` : s < 86_400 ? `${whole(s / 3600)} h` : `${whole(s / 86_400)} d`;
  return ms > now ? `in ${text}` : `${text} ago`;
}

let regions: Intl.DisplayNames | undefined;

/** A country's name from its two letters. */
export function country(code: string | undefined): string {
  if (!code) return "Unknown country";
  try {
    regions ??= new Intl.DisplayNames("en-GB", { type: "region", fallback: "code" });
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
