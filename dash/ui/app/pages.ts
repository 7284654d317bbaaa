// A list that is fetched page by page.

import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { address, get, type Load, Problem, type Query, reason } from "./api";
import type { List } from "./types";

export interface Pages<T> extends Load<T[]> {
  /** Fetches the next page; undefined on the last. */
  more: (() => void) | undefined;
}

export function usePages<T>(path: string, query: Query = {}): Pages<T> {
  const key = address(path, query);
  const [state, setState] = useState<{ items: T[] | undefined; next: string; error: Problem | undefined; loading: boolean }>({ items: undefined, next: "", error: undefined, loading: true });
  const [round, setRound] = useState(0);
  const stop = useRef<AbortController>(undefined);

  const fetchPage = useCallback(
    (cursor: string) => {
      stop.current?.abort();
      const mine = new AbortController();
      stop.current = mine;
      setState((s) => ({ ...s, loading: true }));
      get<List<T>>(path, { query: { ...query, cursor }, signal: mine.signal }).then(
        (l) => setState((s) => ({ items: cursor ? [...(s.items ?? []), ...(l.items ?? [])] : (l.items ?? []), next: l.next ?? "", error: undefined, loading: false })),
        (e: unknown) => {
          if (mine.signal.aborted) return;
          setState((s) => ({ ...s, items: cursor ? s.items : undefined, next: "", error: e instanceof Problem ? e : new Problem(0, reason(e)), loading: false }));
        },
      );
    },
    [key],
  );

  useEffect(() => {
    fetchPage("");
    return () => stop.current?.abort();
  }, [fetchPage, round]);

  const { items, next, error, loading } = state;
  return {
    data: items,
    error,
    loading,
    reload: useCallback(() => setRound((n) => n + 1), []),
    set: (data) => setState((s) => ({ ...s, items: data })),
    more: next && !error ? () => !loading && fetchPage(next) : undefined,
  };
}
