// Fetches a session and keeps it fresh while it is live and looked at.

import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { get, Problem, reason } from "../app/api";
import { type Run, runOf } from "../pictures/data";
import type { Evidence, Timeline } from "./types";

const problem = (e: unknown): Problem => (e instanceof Problem ? e : new Problem(0, reason(e)));

export interface Fresh<T> {
  data: T | undefined;
  /** With data: what is shown is of before. */
  error: Problem | undefined;
  reload: () => void;
}

/** While something still comes in, and once it rests, in ms. */
const often = 3000;
const seldom = 15_000;

/** How long after its last sign a live session counts as at rest, in ms. */
const awake = 60_000;

export function useEvidence(id: string): Fresh<Evidence> {
  const [data, setData] = useState<Evidence>();
  const [error, setError] = useState<Problem>();
  const [round, setRound] = useState(0);
  const live = data?.status === "Live";
  const pause = data && Date.now() - Date.parse(data.last_seen_at) < awake ? often : seldom;

  useEffect(() => {
    const stop = new AbortController();
    get<Evidence>(`/sessions/${id}/evidence`, { signal: stop.signal }).then(
      (e) => {
        setData(e);
        setError(undefined);
      },
      (e: unknown) => stop.signal.aborted || setError(problem(e)),
    );
    return () => stop.abort();
  }, [id, round]);

  useEffect(() => {
    if (!live) return;
    const again = (): void => {
      if (document.visibilityState === "visible") setRound((n) => n + 1);
    };
    const timer = setInterval(again, pause);
    document.addEventListener("visibilitychange", again);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", again);
    };
  }, [live, pause]);

  return { data, error, reload: useCallback(() => setRound((n) => n + 1), []) };
}

/** The least time between two looks at the columns of a live session, in ms. */
const between = 10_000;

/** The columns of a session that lasted so many ms; fetched anew when there are more events. */
export function useRun(id: string, events: number | undefined, duration: number): Fresh<Run> {
  const [data, setData] = useState<Run>();
  const [error, setError] = useState<Problem>();
  const [round, setRound] = useState(0);
  const asked = useRef(0);

  useEffect(() => {
    if (events === undefined) return;
    const stop = new AbortController();
    const wait = Math.max(asked.current + between - Date.now(), 0);
    const timer = setTimeout(() => {
      asked.current = Date.now();
      get<Timeline>(`/sessions/${id}/timeline`, { signal: stop.signal })
        .then((raw) => runOf(raw, duration))
        .then(
          (run) => {
            if (stop.signal.aborted) return;
            setData(run);
            setError(undefined);
          },
          (e: unknown) => stop.signal.aborted || setError(problem(e)),
        );
    }, wait);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [id, events, round]);

  const reload = useCallback(() => {
    asked.current = 0;
    setRound((n) => n + 1);
  }, []);
  return { data, error, reload };
}
