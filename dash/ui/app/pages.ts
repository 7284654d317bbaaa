// A list that is fetched page by page.

import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { address, get, type Load, Problem, type Query, reason } from "./api";
import { patience } from "./rows";
import type { List } from "./types";

export interface Pages<T> extends Load<T[]> {
  /** Fetches what follows; undefined behind the last page. */
  more: (() => void) | undefined;
  /** Back to when it was searched, Unix ms, where few were found and there may be more. */
  searched: number | undefined;
}

/** How many items are fetched at once, if that does not take too long. */
const atOnce = 50;

/**
 * A list's pages. A path of "" loads nothing. Where pages come short it goes on by
 * itself until so many more items are there, for as long as patience has it.
 */
export function usePages<T>(path: string, query: Query = {}, wanted = atOnce): Pages<T> {
  const key = path ? address(path, query) : "";
  const [state, setState] = useState<{ items: T[] | undefined; next: string; searched: number | undefined; error: Problem | undefined; loading: boolean }>({
    items: undefined,
    next: "",
    searched: undefined,
    error: undefined,
    loading: true,
  });
  const [round, setRound] = useState(0);
  const stop = useRef<AbortController>(undefined);

  const fetchPage = useCallback(
    (cursor: string, missing = wanted, end = Date.now() + patience) => {
      stop.current?.abort();
      const mine = new AbortController();
      stop.current = mine;
      setState((s) => ({ ...s, loading: true }));
      get<List<T>>(path, { query: { ...query, cursor }, signal: mine.signal }).then(
        (l) => {
          if (mine.signal.aborted) return;
          const fresh = l.items ?? [];
          const left = missing - fresh.length;
          const short = Boolean(l.next) && left > 0 && l.searched_since != null;
          const on = short && Date.now() < end && document.visibilityState === "visible";
          const searched = short ? (l.searched_since ?? undefined) : undefined;
          setState((s) => ({ items: cursor ? [...(s.items ?? []), ...fresh] : fresh, next: l.next ?? "", searched, error: undefined, loading: on }));
          if (on) fetchPage(l.next ?? "", left, end);
        },
        (e: unknown) => {
          if (mine.signal.aborted) return;
          setState((s) => ({ ...s, items: cursor ? s.items : undefined, next: "", searched: undefined, error: e instanceof Problem ? e : new Problem(0, reason(e)), loading: false }));
        },
      );
    },
    [key],
  );

  useEffect(() => {
    if (!key) return;
    fetchPage("");
    return () => stop.current?.abort();
  }, [fetchPage, round]);

  const { items, next, searched, error, loading } = state;
  return {
    data: items,
    error,
    loading,
    reload: useCallback(() => setRound((n) => n + 1), []),
    set: (data) => setState((s) => ({ ...s, items: data })),
    more: next && !error ? () => !loading && fetchPage(next) : undefined,
    searched,
  };
}
