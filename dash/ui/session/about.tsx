// Beside the pictures: device and network, the pages, and sessions that have to do
// with this one.

import type { ComponentChildren, JSX } from "preact";
import { useLoad } from "../app/api";
import { country, duration, plural } from "../app/format";
import { link } from "../app/router";
import type { SessionRow } from "../app/types";
import { Badge, ScoreBadge } from "../parts/badge";
import { Icon } from "../parts/icon";
import { Card } from "../parts/page";
import { Loaded } from "../parts/states";
import { Time } from "../parts/time";
import { pathOf, type Run } from "../pictures/data";
import { usePlayhead } from "../pictures/playhead";
import { clock } from "../pictures/words";
import type { Check, Evidence, Related } from "./types";

export function Device({ evidence }: { evidence: Evidence }): JSX.Element {
  const e = evidence;
  const checks = Object.values(e.checks).filter((c) => c.group === "environment" || c.group === "network");
  const known: [string, ComponentChildren][] = [
    ["Browser", [e.browser, e.os].filter(Boolean).join(" on ") || "unknown"],
    ["Device", e.device || "unknown"],
    ["Country", e.country ? country(e.country) : "unknown"],
    ["Time zone", e.time_zone || "not told"],
    ["User agent", <code key="ua">{e.user_agent || "not told"}</code>],
  ];
  const traits = e.traits ?? [];
  return (
    <Card title="Device and network" class="session-device">
      <dl class="device-pairs">
        {known.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <Traits title="What the server saw" traits={traits.filter((t) => t.fact)} />
      <Traits title="What the browser told" traits={traits.filter((t) => !t.fact)} />
      <ul class="device-checks" aria-label="Checks of device and network">
        {checks.map((c) => (
          <li key={c.title}>
            <VerdictWord c={c} />
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Traits({ title, traits }: { title: string; traits: { name: string; value: string }[] }): JSX.Element | null {
  if (traits.length === 0) return null;
  return (
    <details class="traits">
      <summary>
        {title} <span class="soft num">{traits.length}</span>
      </summary>
      <dl class="device-pairs">
        {traits.map((t) => (
          <div key={t.name}>
            <dt>{t.name}</dt>
            <dd>
              <code>{t.value}</code>
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

function VerdictWord({ c }: { c: Check }): JSX.Element {
  const tone = c.verdict === "Detected" ? (c.fact ? "monitor" : "reject") : c.verdict === "Not detected" ? "accept" : "unknown";
  const icon = c.verdict === "Detected" ? (c.fact ? "fact" : "detected") : c.verdict === "Not detected" ? "clear" : "unknown";
  return (
    <Badge tone={tone} icon={icon} title={(c.verdict === "Unknown" ? c.reason : c.summary) || c.verdict}>
      {c.title}: {c.verdict.toLowerCase()}
    </Badge>
  );
}

export function Pages({ run }: { run: Run }): JSX.Element {
  const head = usePlayhead();
  return (
    <Card title="Pages" aside={<span class="soft num">{plural(run.pages.length, "document")}</span>} class="session-pages">
      {run.views.length === 0 ? (
        <p class="picture-empty">No page told its address.</p>
      ) : (
        <ol class="page-list">
          {run.views.slice(0, 100).map((v, i) => (
            <li key={i}>
              <button type="button" class="page-row" onClick={() => head.seek(v.t)}>
                <span class="num page-when">{clock(v.t)}</span>
                <span class="page-path" title={v.path}>
                  {v.path}
                </span>
                <span class="soft num">{duration(v.end - v.t)}</span>
              </button>
            </li>
          ))}
        </ol>
      )}
      {run.views.length > 100 && <p class="soft">The first 100 of {run.views.length}.</p>}
    </Card>
  );
}

export function RelatedSessions({ id, user }: { id: string; user: string }): JSX.Element {
  const load = useLoad<Related>(`/sessions/${id}/related`);
  return (
    <Card title="Related sessions" class="session-related">
      <Loaded load={load}>
        {(r) => {
          const mine = r.user ?? [];
          const twins = r.twins ?? [];
          if (!mine.length && !twins.length) {
            return <p class="picture-empty">{user ? "This user has no other session, and no session behaves the same." : "No user was named, and no session behaves the same."}</p>;
          }
          return (
            <>
              {twins.length > 0 && (
                <>
                  <h3 class="related-title">
                    <Icon name="detected" size={14} /> The same behaviour
                  </h3>
                  <ul>
                    {twins.map((t) => (
                      <Row key={`${t.id} ${t.what}`} row={t} note={t.what === "rhythm" ? "same rhythm of typing" : "same paths of the pointer"} />
                    ))}
                  </ul>
                </>
              )}
              {mine.length > 0 && (
                <>
                  <h3 class="related-title">
                    <Icon name="user" size={14} /> The same user
                  </h3>
                  <ul>
                    {mine.map((s) => (
                      <Row key={s.id} row={s} />
                    ))}
                  </ul>
                </>
              )}
            </>
          );
        }}
      </Loaded>
    </Card>
  );
}

function Row({ row, note }: { row: SessionRow; note?: string }): JSX.Element {
  return (
    <li>
      <a class="related-row" href={link(`/sessions/${row.id}`)}>
        <ScoreBadge score={row.score} band={row.band} />
        <span class="related-path">
          {row.route || pathOf(row.url) || row.id}
          {note && <small>{note}</small>}
        </span>
        <span class="soft">
          <Time at={row.started_at} />
        </span>
      </a>
    </li>
  );
}
