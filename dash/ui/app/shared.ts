// What several views need and what seldom changes: fetched once for a workspace.

import { useEffect, useState } from "preact/hooks";
import { get, workspaceID } from "./api";
import type { Bands, Check, List, Policy } from "./types";

const kept = new Map<string, Promise<unknown>>();

function once<T>(path: string): Promise<T> {
  const key = `${workspaceID()} ${path}`;
  let p = kept.get(key) as Promise<T> | undefined;
  if (!p) {
    p = get<T>(path);
    p.catch(() => kept.delete(key)); // the next view tries again
    kept.set(key, p);
  }
  return p;
}

/** Has path fetched anew the next time, after a change. */
export function forget(path: string): void {
  kept.delete(`${workspaceID()} ${path}`);
}

function useOnce<T, R>(path: string, otherwise: R, pick: (data: T) => R): R {
  const [value, set] = useState(otherwise);
  const workspace = workspaceID();
  useEffect(() => {
    let here = true;
    once<T>(path).then(
      (data) => here && set(pick(data)),
      () => undefined, // views do without: they show keys instead of titles
    );
    return () => void (here = false);
  }, [path, workspace]);
  return value;
}

const none: Check[] = [];

/** All checks, empty until they are there. */
export const useChecks = (): Check[] => useOnce<List<Check>, Check[]>("/checks", none, (l) => l.items);

const usual: Bands = { monitor: 25, review: 50, reject: 70 };

/** The limits of the workspace's policy; those that every workspace starts with until they are there. */
export const useBands = (): Bands => useOnce<Policy, Bands>("/policy", usual, (p) => p.bands);
