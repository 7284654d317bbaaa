// What the server answers under /api/v1/, as the dashboard reads it. Times named
// *_at are ISO 8601 in UTC; at, since and until are Unix ms.

export type Role = "viewer" | "analyst" | "owner";

/** A band of scores by the policy; "unknown" where too little happened to say. */
export type Band = "accept" | "monitor" | "review" | "reject" | "unknown";

export type Label = "person" | "machine" | "unsure" | "";

export interface List<T> {
  items: T[];
  /** The cursor of the next page, empty on the last. */
  next?: string;
  /** Everything that fits was listed back to then, Unix ms; null for all of it. A page may be short, and more follow. */
  searched_since?: number | null;
}

export interface State {
  signed_in: boolean;
  setup_needed: boolean;
  passkeys: boolean;
  /** Why passkeys cannot be used at this address. */
  passkeys_why?: string;
  demo: boolean;
  version: string;
}

export interface Membership {
  id: number;
  name: string;
  role: Role;
  integration_id: string;
}

export interface Passkey {
  id: string;
  name: string;
  created_at: string;
  last_used_at?: string | null;
}

export interface Account {
  id: number;
  email: string;
  name: string;
  created_at: string;
  /** Or else passkeys are the only way in. */
  has_password: boolean;
  workspaces: Membership[];
  passkeys: Passkey[];
}

export interface Invitation {
  workspace: string;
  role: Role;
  note?: string;
  expires_at: string;
  setup: boolean;
}

export interface Settings {
  monitor_only: boolean;
  retention_days: number;
  replay: boolean;
  replay_days: number;
  require_consent: boolean;
  keep_network: boolean;
  mask_everything: boolean;
}

export interface Workspace {
  id: number;
  name: string;
  integration_id: string;
  site_key: string;
  origins: string[] | null;
  tier?: string;
  created_at: string;
  role: Role;
  settings: Settings;
}

export interface NewWorkspace {
  id: number;
  name?: string;
  site_key: string;
  secret_key: string;
  notai_key: string;
}

export interface Member {
  id: number;
  name: string;
  email: string;
  role: Role;
  since_at: string;
  signed_in_at?: string | null;
}

export interface SentInvitation {
  id: string;
  role: Role;
  note?: string;
  by?: string;
  created_at: string;
  expires_at: string;
  used_at?: string | null;
  revoked_at?: string | null;
}

export interface Key {
  id: string | number;
  dialect: string;
  hint: string;
  name?: string;
  scopes?: string[] | null;
  created_at: string;
  expires_at?: string | null;
  last_used_at?: string | null;
  revoked_at?: string | null;
  /** The account that answers for it; null for the command line. Its role is null once it has left the workspace. */
  by: { id: number; name: string; role: Role | null } | null;
  /** Only in the answer to its creation. */
  key?: string;
}

export interface AuditEntry {
  id: number;
  at: string | number;
  by: string;
  action: string;
  subject?: string;
  detail?: string;
}

export interface Bands {
  monitor: number;
  review: number;
  reject: number;
}

export interface Caps {
  facts: number;
  one: number;
  two: number;
}

export interface Period {
  sessions: number;
  /** Scored 50 or more. */
  suspect: number;
  /** Scored 70 or more. */
  machine: number;
  /** Sessions by score, 101 counts. */
  scores: number[];
}

export interface TermRow {
  term: string;
  sessions: number;
  suspect: number;
  before: number;
}

export interface FlagRow {
  key: string;
  title: string;
  sessions: number;
  before: number;
}

export interface Overview {
  since: number;
  until: number;
  span: "hour" | "day";
  policy: { bands: Bands };
  now: Period;
  before: Period;
  series: { at: number; bands: [number, number, number, number] }[];
  live: { sessions: number };
  flags: FlagRow[];
  routes: TermRow[];
  tags: TermRow[];
  countries: TermRow[];
  devices: TermRow[];
  browsers: TermRow[];
  actors: TermRow[];
}

export interface SessionRow {
  id: string;
  started_at: string;
  last_seen_at: string;
  duration_ms: number;
  status: string;
  score: number;
  masked_score: number;
  action: string;
  band: Band;
  events: number;
  /** Keys of the checks that said Detected, and those that said Unknown. */
  detected: string[] | null;
  unknown: string[] | null;
  url: string;
  route: string;
  routes?: string[] | null;
  tags: string[] | null;
  user_id?: string;
  user_name?: string;
  user_url?: string;
  country?: string;
  device?: string;
  browser?: string;
  os?: string;
  actor?: string;
  label?: Label;
  replay?: boolean;
}

export interface SessionCount {
  sessions: number;
  /** There may be more. */
  at_least: boolean;
}

export interface Check {
  key: string;
  title: string;
  group: string;
  fact: boolean;
  device: boolean;
}

export interface GroupRow {
  tag?: string;
  route?: string;
  sessions: number;
  suspect: number;
  machine: number;
}

export interface GroupDetail {
  series: { at: number; sessions: number; suspect: number }[];
  sessions: number;
  suspect: number;
  machine: number;
}

export interface User {
  user_id: string;
  user_name?: string;
  user_url?: string;
  first_at: string;
  last_at: string;
  sessions: number;
  suspect: number;
  max_score: number;
}

export interface UserDetail extends Omit<User, "sessions"> {
  sessions: SessionRow[];
  devices: { browser: string; os: string; device: string; country: string; sessions: number }[];
}

export interface PolicyWeight {
  key: string;
  title: string;
  group: string;
  fact: boolean;
  detected: number;
  not_detected: number;
  /** From measured error rates; otherwise provisional. */
  measured: boolean;
  default_detected: number;
  default_not_detected: number;
}

export interface Policy {
  version: number;
  based_on?: string;
  weights: PolicyWeight[];
  bands: Bands;
  caps: Caps;
  default_bands: Bands;
  default_caps: Caps;
  base: number;
}

export interface PolicyPreview {
  /** Unix ms, of the sessions that were tried. */
  since: number;
  /** There are more than are tried: since is later than was asked for. */
  cut: boolean;
  sessions: number;
  flips: number;
  /** From band (row) to band (column), in rising order. */
  matrix: number[][];
  scores_now: number[];
  scores_then: number[];
  examples: {
    id: string;
    from: Band;
    to: Band;
    score_from: number;
    score_to: number;
    detected: string[] | null;
    sessions: number;
  }[] | null;
  labelled?: Record<"person" | "machine", { n: number; flagged_now: number; flagged_then: number }>;
}

export interface PolicyVersion {
  version: number;
  at: string | number;
  by: string;
  note?: string;
  changes?: { what: string; from: string | number; to: string | number }[] | null;
}

export interface AddressList {
  name: string;
  kind: string;
  path_shown: string;
  entries: number;
  modified_at?: string | null;
  loaded_at?: string | null;
  ok: boolean;
  why?: string;
}
