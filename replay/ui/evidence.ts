// What the session was judged by, as moments on the timeline.

import type { Source } from "./data";

interface Moment {
  page: string;
  at: string;
}

interface Check {
  title: string;
  verdict: string;
  first: Moment | null;
  best: Moment | null;
}

export interface Evidence {
  page: string;
  at: number; // Unix ms, by the session's clock
  title: string;
}

// The moments at which checks fired: when each did first, and where it shows best. None
// where the report cannot be had: a replay is worth looking at without.
export const evidenceOf = async (source: Source): Promise<Evidence[]> => {
  const found: Evidence[] = [];
  try {
    const { checks } = await source.evidence<{ checks: Record<string, Check> }>();
    for (const { title, verdict, first, best } of Object.values(checks)) {
      if (verdict !== "Detected") continue;
      const moments = [first, best].filter((moment) => moment !== null);
      for (const [i, { page, at }] of moments.entries()) {
        if (i === 0 || at !== moments[0]!.at) found.push({ page, at: Date.parse(at), title });
      }
    }
  } catch {
    return [];
  }
  return found.sort((a, b) => a.at - b.at);
};
