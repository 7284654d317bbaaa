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

class Rows {
  readonly order: string[] = [];
  readonly byID = new Map<string, SessionRow>();
  readonly waiting = new Map<string, SessionRow>();
  next = "";
  complete = false;

  add(list: List<SessionRow>): void {
    for (const r of list.items ?? []) {
      if (!this.byID.has(r.id)) this.order.push(r.id);
      this.byID.set(r.id, r);
      this.waiting.delete(r.id);
    }
    this.next = list.next ?? "";
    this.complete = !this.next;
  }

  /** Takes news in; reports whether anything is to be drawn. */
  news(rows: SessionRow[], f: Filter): boolean {
    let any = false;
    for (const r of rows) {
      if (this.byID.has(r.id)) {
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
    for (const r of fresh) this.byID.set(r.id, r);
    this.order.unshift(...fresh.map((r) => r.id));
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
  loading: boolean;
  /** Nothing was ever shown of this list. */
  first: boolean;
  complete: boolean;
  error: Problem | undefined;
  more: () => void;
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
      if (!status.current.first && rows.current.news(fresh, filter.current)) redraw();
    },
    connected: setConnected,
  });

  const r = rows.current;
  return {
    count: r.order.length,
    row: (i) => r.byID.get(r.order[i] ?? ""),
    index: (id) => r.order.indexOf(id),
    waiting: r.waiting.size,
    showWaiting: () => {
      r.show();
      redraw();
    },
    ...status.current,
    complete: r.complete,
    more: () => {
      if (!status.current.loading && !status.current.error && r.next) void fetchPage(false);
    },
    reload: () => void fetchPage(r.order.length === 0),
    connected,
  };
}
