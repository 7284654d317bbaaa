// A short list of sessions as a table.

import type { JSX } from "preact";
import { country, duration } from "../app/format";
import { link } from "../app/router";
import { useChecks } from "../app/shared";
import type { SessionRow } from "../app/types";
import { ScoreBadge } from "./badge";
import { Table } from "./table";
import { Time } from "./time";

export function SessionTable({ caption, rows }: { caption: string; rows: SessionRow[] }): JSX.Element {
  const checks = useChecks();
  const title = (key: string): string => checks.find((c) => c.key === key)?.title ?? key;
  return (
    <Table
      compact
      caption={caption}
      rows={rows}
      rowKey={(r) => r.id}
      columns={[
        {
          key: "session",
          head: "Session",
          cell: (r) => (
            <span class="session-cell">
              <ScoreBadge score={r.score} band={r.band} />
              <a href={link(`/sessions/${r.id}`)}>{r.route || r.id.slice(0, 8)}</a>
            </span>
          ),
        },
        { key: "why", head: "Detected", wide: true, cell: (r) => <Detected titles={(r.detected ?? []).map(title)} /> },
        { key: "from", head: "From", cell: (r) => [r.country ? country(r.country) : "", r.browser].filter(Boolean).join(", ") || <span class="soft">–</span> },
        { key: "length", head: "Length", num: true, cell: (r) => duration(r.duration_ms) },
        { key: "when", head: "Started", num: true, cell: (r) => <Time at={r.started_at} /> },
      ]}
    />
  );
}

/** How many titles stand in a row before the rest is counted. */
const named = 2;

function Detected({ titles }: { titles: string[] }): JSX.Element {
  if (!titles.length) return <span class="soft">Nothing</span>;
  const rest = titles.length - named;
  return (
    <span title={titles.join(", ")}>
      {titles.slice(0, named).join(", ")}
      {rest > 0 ? <span class="soft"> and {rest} more</span> : null}
    </span>
  );
}
