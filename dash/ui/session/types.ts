// What the server answers about one session, under /api/v1/sessions/{id}/. Times
// named *_at are ISO 8601 in UTC. Elsewhere t, from and to are ms since the
// session's first event, and places and sizes are CSS px.

import type { Band, Label, SessionRow } from "../app/types";

export type Verdict = "Detected" | "Not detected" | "Unknown";

/** A place in the session. */
export interface Moment {
  page: string;
  /** Since the page's time origin. */
  t_ms: number;
  at: string;
}

export interface Measure {
  name: string;
  /** null where there is no number, as of a mean of nothing. */
  value: number | null;
  unit: string;
  threshold: number | null;
  /** "<", "<=", ">", ">=", or "" for context. */
  fires: string;
}

export interface Contribution {
  /** Log-odds that the policy gives. */
  weight: number | null;
  /** Log-odds that counted. */
  applied: number | null;
  measured: boolean;
  note: string;
  /** How many recorded people the check flagged, where that was measured. */
  people?: { flagged: number; of: number } | null;
}

export interface Check {
  title: string;
  kind: "biometric" | "device";
  group: string;
  fact: boolean;
  verdict: Verdict;
  summary: string;
  reason: string;
  samples: number;
  measures: Measure[] | null;
  first: Moment | null;
  best: Moment | null;
  contribution: Contribution | null;
}

export interface Assessment {
  score: number;
  masked_score: number;
  recommended_action: string;
  explanation: string;
  base_log_odds: number | null;
  log_odds: number | null;
  cap: number;
  cap_reason: string;
  policy_version: number;
  band?: Band;
}

export interface LabelOf {
  label: Label;
  by?: string;
  at?: string;
}

export interface Evidence {
  session_id: string;
  status: "Live" | "Complete";
  started_at: string;
  last_seen_at: string;
  duration_ms: number;
  user_id: string | null;
  user_name?: string;
  user_url?: string;
  tags: string[] | null;
  url: string;
  pages: number;
  events: number;
  batches: number;
  missing_batches: number;
  time_zone: string;
  user_agent: string;
  presence: "seen" | "none" | "silent";
  actor: { class: string; reason: string };
  assessment: Assessment;
  /** By key, in the order in which they are shown. */
  checks: Record<string, Check>;
  country?: string;
  device?: string;
  browser?: string;
  os?: string;
  routes?: string[] | null;
  label?: LabelOf | null;
  replay?: boolean;
  /** Only the advice of accepting is given, whatever the score. */
  monitor_only?: boolean;
  /** What the page and the server read off the browser and its address. */
  traits?: { name: string; value: string; fact: boolean }[] | null;
}

/** Everything that pictures are drawn from, in columns. */
export interface Timeline {
  /** Unix ms. */
  started_at_ms: number;
  /** There were too many events: moves in the middle are thinned. */
  cut: boolean;
  pages: { page: string; t: number; url: string; w: number; h: number }[] | null;
  views: { t: number; p?: number; url: string }[] | null;
  /** p is the index of a page; places are in its viewport. */
  moves: { t: number[] | null; x: number[] | null; y: number[] | null; p: number[] | null };
  /** Isolated steps of the pointer, by which it was somewhere else at once. */
  jumps: Jump[] | null;
  clicks: RawClick[] | null;
  keys: { t: number[] | null; class: string[] | null; dwell_ms: number[] | null; field: number[] | null };
  fields: string[] | null;
  /** Keystrokes in a row are one; n is the change in length. */
  inputs: { t: number; field: number; how: string; n: number }[] | null;
  scroll: { t: number[] | null; y: number[] | null; p: number[] | null; jump: (number | boolean)[] | null };
  wheel: { t: number[] | null };
  spans: { kind: "hidden" | "blurred" | "outside"; from: number; to: number }[] | null;
  submits: { t: number }[] | null;
  pastes: { t: number; field: number; n: number }[] | null;
  copies: { t: number }[] | null;
  moments: { check: string; which: "first" | "best"; t: number; page: string; page_t_ms: number; at_ms: number }[] | null;
}

export interface Jump {
  t: number;
  x0: number;
  y0: number;
  x1: number;
  y1: number;
  p: number;
  /** A press followed: it counts as evidence. */
  press?: boolean;
}

/** A press, a click, or both. */
export interface RawClick {
  t: number;
  x: number;
  y: number;
  p: number;
  /** From the target's top left corner; w and h are its size, 0 if unknown. */
  off_x: number;
  off_y: number;
  w: number;
  h: number;
  target: string;
  trusted: boolean;
  pointer: "mouse" | "touch" | "pen" | "none";
  /** -1 if unknown. */
  held_ms: number;
  /** A press became one; without it nothing was clicked. */
  click?: boolean;
}

export interface LogChunk {
  items: { at: number; t_ms: number; text: string }[] | null;
  next?: string;
  /** Entries left out in the middle. */
  cut?: number;
}

export interface Related {
  user: SessionRow[] | null;
  twins: (SessionRow & { what: "trajectory" | "rhythm" })[] | null;
}

/** How a time of recorded people is spread: one share fewer than edges, which are in ms. */
export interface Distribution {
  edges: number[];
  /** The mean over people. */
  share: number[];
  /** The 5th and the 95th of 100 people by their own share. */
  low?: number[];
  high?: number[];
}

export interface PeopleRhythm {
  source: string;
  licence?: string;
  n_people: number;
  inter_key_ms: Distribution;
  dwell_ms: Distribution;
}
