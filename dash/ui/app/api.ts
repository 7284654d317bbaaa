// Speaks with the server: JSON under /api/v1/, problem documents for what failed.

import { useCallback, useEffect, useRef, useState } from "preact/hooks";

const base = "/api/v1";

/** What the server said no with, or what kept us from hearing it (status 0). */
export class Problem extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly field = "",
    /** Seconds until another try makes sense; 0 if the server did not say. */
    readonly retryAfter = 0,
    /** What tells it from others with the status, where something can be done about it. */
    readonly code = "",
  ) {
    super(message);
  }
}

export type Query = Record<string, string | number | undefined>;

/** The workspace that requests are about; 0 before it is known. */
let workspace = 0;

export function setWorkspace(id: number): void {
  workspace = id;
}

export const workspaceID = (): number => workspace;

/** The address of a route. Those that begin with /account and /workspaces know no workspace. */
export function address(path: string, query: Query = {}): string {
  const q = new URLSearchParams();
  if (!/^\/(account|workspaces)(\/|$)/.test(path)) q.set("workspace", String(workspace));
  for (const [k, v] of Object.entries(query)) if (v !== undefined && v !== "") q.set(k, String(v));
  const text = q.toString();
  return base + path + (text ? `?${text}` : "");
}

export interface Options {
  query?: Query;
  signal?: AbortSignal;
}

async function ask<T>(method: string, path: string, body: unknown, { query, signal }: Options = {}): Promise<T> {
  const init: RequestInit = { method, headers: { Accept: "application/json" }, credentials: "same-origin" };
  if (signal) init.signal = signal;
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.headers = { Accept: "application/json", "Content-Type": "application/json" };
  }
  let answer: Response;
  try {
    answer = await fetch(address(path, query), init);
  } catch (e) {
    if (signal?.aborted) throw e;
    throw new Problem(0, "The server cannot be reached. Check the connection; nothing was lost.");
  }
  if (!answer.ok) {
    const p = await problem(answer);
    if (p.code !== "unconfirmed" || !confirmer) throw p;
    if (await (asking ??= confirmer().finally(() => (asking = undefined)))) return ask(method, path, body, { ...(query && { query }), ...(signal && { signal }) });
    throw new Problem(p.status, "Nothing was changed: you did not confirm that it is you.", "", 0, p.code);
  }
  if (answer.status === 204) return undefined as T;
  return (await answer.json()) as T;
}

async function problem(answer: Response): Promise<Problem> {
  let detail = "";
  let field = "";
  let code = "";
  try {
    const doc = (await answer.json()) as { detail?: string; title?: string; field?: string; code?: string };
    detail = doc.detail || doc.title || "";
    field = doc.field ?? "";
    code = doc.code ?? "";
  } catch {
    // Not a problem document: a proxy in between, most likely.
  }
  if (answer.status === 401) signedOut?.();
  return new Problem(answer.status, detail || `The server answered ${answer.status}.`, field, Number(answer.headers.get("Retry-After")) || 0, code);
}

let signedOut: (() => void) | undefined;

/** Has f called whenever the server no longer knows who asks. */
export function onSignedOut(f: () => void): void {
  signedOut = f;
}

let confirmer: (() => Promise<boolean>) | undefined;
let asking: Promise<boolean> | undefined;

/** Has f ask who is there whenever the server wants to know anew; requests wait for it, and go on if it says true. */
export function onUnconfirmed(f: (() => Promise<boolean>) | undefined): void {
  confirmer = f;
}

export const get = <T>(path: string, options?: Options): Promise<T> => ask<T>("GET", path, undefined, options);
export const post = <T>(path: string, body: unknown = {}, options?: Options): Promise<T> => ask<T>("POST", path, body, options);
export const put = <T>(path: string, body: unknown, options?: Options): Promise<T> => ask<T>("PUT", path, body, options);
export const patch = <T>(path: string, body: unknown, options?: Options): Promise<T> => ask<T>("PATCH", path, body, options);
export const remove = <T = void>(path: string, options?: Options): Promise<T> => ask<T>("DELETE", path, undefined, options);

/** In words, for people. */
export function reason(e: unknown): string {
  return e instanceof Error ? e.message : String(e);
}

/** Something that is fetched: at most one of data and error is new; data of before stays while it loads anew. */
export interface Load<T> {
  data: T | undefined;
  error: Problem | undefined;
  loading: boolean;
  reload: () => void;
  /** Replaces the data, after a change that the server confirmed. */
  set: (data: T) => void;
}

/** Fetches path with query, and again when they change. A path of "" fetches nothing. */
export function useLoad<T>(path: string, query: Query = {}): Load<T> {
  const key = path && address(path, query);
  const [state, setState] = useState<{ key: string; data?: T; error?: Problem; loading: boolean }>({ key, loading: key !== "" });
  const [round, setRound] = useState(0);
  const latest = useRef(key);
  latest.current = key;

  useEffect(() => {
    if (!key) return;
    const stop = new AbortController();
    setState((s) => ({ ...s, loading: true }));
    get<T>(path, { query, signal: stop.signal }).then(
      (data) => setState({ key, data, loading: false }),
      (e: unknown) => {
        if (stop.signal.aborted) return;
        const error = e instanceof Problem ? e : new Problem(0, reason(e));
        setState({ key, error, loading: false });
      },
    );
    return () => stop.abort();
  }, [key, round]);

  const reload = useCallback(() => setRound((n) => n + 1), []);
  const set = useCallback((data: T) => setState({ key: latest.current, data, loading: false }), []);
  return { data: state.data, error: state.error, loading: state.loading || state.key !== key, reload, set };
}
