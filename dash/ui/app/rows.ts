// The listed sessions: pages by cursor, as far as one scrolled, and what the
// server tells of them meanwhile.

import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { get, Problem, reason } from "./api";
import { admits, type Filter } from "./filters";
import { useLive } from "./live";
import { arrived } from "./router";
import type { List, SessionRow } from "./types";

/** Rows of one request. */
const page = 100;

/** How many new sessions wait to be shown; older ones of them are found by reloading. */
const mostWaiting = 500;

/** How long a search that finds little goes on by itself, in ms. */
export const patience = 20_000;

/** How long a row counts as just come or changed, in ms: as its highlight takes. */
const freshFor = 2500;

class Rows {
  readonly order: string[] = [];
  readonly byID = new Map<string, SessionRow>();
  readonly waiting = new Map<string, SessionRow>();
  /** When rows came in or had their score changed while somebody looked. */
  private readonly noticed = new Map<string, number>();
  next = "";
  complete = false;
  /** Back to when it was searched, Unix ms, where the last page was short and there may be more. */
  searched: number | undefined;
  /** When the search goes no further by itself, by Date.now; 0 while pages are full. */
  pauseAt = 0;

  add(list: List<SessionRow>): void {
    for (const r of list.items ?? []) {
      if (!this.byID.has(r.id)) this.order.push(r.id);
      this.byID.set(r.id, r);
      this.waiting.delete(r.id);
    }
    this.next = list.next ?? "";
    this.complete = !this.next;
    const short = !this.complete && (list.items ?? []).length < page;
    this.searched = short ? (list.searched_since ?? undefined) : undefined;
    this.pauseAt = short ? this.pauseAt || Date.now() + patience : 0;
  }

  /** Takes news in; reports whether anything is to be drawn. */
  news(rows: SessionRow[], f: Filter): boolean {
    let any = false;
    for (const r of rows) {
      const shown = this.byID.get(r.id);
      if (shown) {
        if (shown.score !== r.score) this.notice(r.id);
        this.byID.set(r.id, r);
        any = true;
      } else if (this.waiting.has(r.id) || (admits(f, r) && this.isNewer(r))) {
        if (this.waiting.size >= mostWaiting && !this.waiting.has(r.id)) continue;
        if (admits(f, r)) this.waiting.set(r.id, r);
        else this.waiting.delete(r.id);
        any = true;
      }
    }
    return any;
  }

  private isNewer(r: SessionRow): boolean {
    const top = this.byID.get(this.order[0] ?? "");
    return !top || r.started_at >= top.started_at;
  }

  show(): void {
    const fresh = [...this.waiting.values()].sort((a, b) => (a.started_at < b.started_at ? 1 : -1));
    this.waiting.clear();
    for (const r of fresh) {
      this.byID.set(r.id, r);
      this.notice(r.id);
    }
    this.order.unshift(...fresh.map((r) => r.id));
  }

  private notice(id: string): void {
    const now = Date.now();
    for (const [old, at] of this.noticed) if (now - at > freshFor) this.noticed.delete(old);
    this.noticed.set(id, now);
  }

  get anyFresh(): boolean {
    const now = Date.now();
    return [...this.noticed.values()].some((at) => now - at < freshFor);
  }

  fresh(id: string): boolean {
    return Date.now() - (this.noticed.get(id) ?? 0) < freshFor;
  }
}

/** The list that was shown last, for who comes back to it. */
let kept: { id: string; workspace: number; rows: Rows; at: number } | undefined;

/** How long a list that was left is shown again as it was, in ms. */
const keep = 10 * 60_000;

function comeBack(id: string, workspace: number): Rows | undefined {
  return kept && kept.id === id && kept.workspace === workspace && Date.now() - kept.at < keep ? kept.rows : undefined;
}

export interface SessionList {
  count: number;
  row: (i: number) => SessionRow | undefined;
  index: (id: string) => number;
  waiting: number;
  showWaiting: () => void;
  /** The session came in or changed its score just now. */
  fresh: (id: string) => boolean;
  loading: boolean;
  /** Nothing was ever shown of this list. */
  first: boolean;
  complete: boolean;
  /** Back to when it was searched, Unix ms, where few were found and there may be more. */
  searched: number | undefined;
  /** The search waits to be told to go on. */
  paused: boolean;
  error: Problem | undefined;
  more: () => void;
  /** Has a search go on, or wait. */
  goOn: (yes: boolean) => void;
  reload: () => void;
  /** Whether news come in; undefined until that is known. */
  connected: boolean | undefined;
}

export function useSessions(f: Filter, workspace: number): SessionList {
  const [, draw] = useState(0);
  const redraw = useCallback(() => draw((n) => n + 1), []);
  const again = useMemo(() => (arrived() === "history" ? comeBack(f.id, workspace) : undefined), []);
  const rows = useRef(again ?? new Rows());
  const filter = useRef(f);
  filter.current = f;
  const status = useRef<{ loading: boolean; first: boolean; error: Problem | undefined }>({ loading: !again, first: !again, error: undefined });
  const shown = useRef(again ? `${workspace} ${f.id}` : "");
  const stop = useRef<AbortController>(undefined);
  const [connected, setConnected] = useState<boolean>();
  // A highlight ends even where nothing else is drawn anew.
  const fading = useRef(0);
  const fade = (): void => {
    clearTimeout(fading.current);
    if (rows.current.anyFresh) fading.current = window.setTimeout(redraw, freshFor + 100);
  };
  useEffect(() => () => clearTimeout(fading.current), []);

  const fetchPage = useCallback(async (fresh: boolean) => {
    stop.current?.abort();
    const mine = new AbortController();
    stop.current = mine;
    status.current = { ...status.current, loading: true, error: undefined };
    redraw();
    try {
      const query = { ...filter.current.query, limit: page, cursor: fresh ? "" : rows.current.next };
      const list = await get<List<SessionRow>>("/sessions", { query, signal: mine.signal });
      if (mine.signal.aborted) return;
      if (fresh) rows.current = new Rows();
      rows.current.add(list);
      kept = { id: filter.current.id, workspace, rows: rows.current, at: Date.now() };
      status.current = { loading: false, first: false, error: undefined };
    } catch (e) {
      if (mine.signal.aborted) return;
      status.current = { ...status.current, loading: false, error: e instanceof Problem ? e : new Problem(0, reason(e)) };
    }
    redraw();
  }, []);

  useEffect(() => {
    const wanted = `${workspace} ${f.id}`;
    if (shown.current !== wanted) {
      shown.current = wanted;
      rows.current = new Rows();
      status.current = { loading: true, first: true, error: undefined };
      void fetchPage(true);
    }
    return () => stop.current?.abort();
  }, [f.id, workspace]);

  useLive({
    sessions: (fresh) => {
      const r = rows.current;
      if (!status.current.first && r.news(fresh, filter.current)) {
        if (r.order.length === 0) r.show(); // nothing is there that would move away
        redraw();
      }
      fade();
    },
    connected: setConnected,
  });

  // A search goes on only while somebody may be looking.
  useEffect(() => {
    document.addEventListener("visibilitychange", redraw);
    return () => document.removeEventListener("visibilitychange", redraw);
  }, []);

  const r = rows.current;
  const searching = r.searched !== undefined;
  const paused = searching && (Date.now() >= r.pauseAt || document.visibilityState !== "visible");
  return {
    count: r.order.length,
    row: (i) => r.byID.get(r.order[i] ?? ""),
    index: (id) => r.order.indexOf(id),
    waiting: r.waiting.size,
    showWaiting: () => {
      r.show();
      fade();
      redraw();
    },
    fresh: (id) => r.fresh(id),
    ...status.current,
    complete: r.complete,
    searched: r.searched,
    paused,
    more: () => {
      if (!status.current.loading && !status.current.error && r.next && !paused) void fetchPage(false);
    },
    goOn: (yes) => {
      r.pauseAt = yes ? Date.now() + patience : Date.now();
      if (!yes) stop.current?.abort();
      status.current = { ...status.current, loading: false };
      redraw();
    },
    reload: () => void fetchPage(r.order.length === 0),
    connected,
  };
}
