// What GET /demo/live answers.

export type Verdict = "Detected" | "Not detected" | "Unknown";

export interface Moment {
  page: string;
  t_ms: number;
  at: string;
}

export interface Measure {
  name: string;
  value: number;
  unit: string;
  threshold: number;
  fires: string; // "<", "<=", ">", ">=", or "" for context
}

export interface Contribution {
  weight: number;
  applied: number; // log-odds that went into the sum
  measured: boolean;
  note: string;
}

export interface Check {
  title: string;
  kind: "biometric" | "device";
  group: "pointer" | "text" | "scroll" | "rhythm" | "environment" | "network";
  fact: boolean;
  verdict: Verdict;
  summary: string;
  reason?: string;
  samples: number;
  measures: Measure[] | null;
  first: Moment | null;
  best: Moment | null;
  contribution: Contribution;
}

export interface Assessment {
  score: number;
  masked_score: number;
  recommended_action: string;
  explanation: string;
  base_log_odds: number;
  log_odds: number;
  cap: number;
  cap_reason: string;
  policy_version: number;
}

export interface Evidence {
  session_id: string;
  status: "Live" | "Complete";
  started_at: string;
  last_seen_at: string;
  duration_ms: number;
  pages: number;
  events: number;
  batches: number;
  missing_batches: number;
  time_zone: string;
  user_agent: string;
  assessment: Assessment;
  checks: Record<string, Check>; // in the order in which they are shown
}
