// Tags and routes: how many sessions each has, and one of them over time.

import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { useLoad } from "../app/api";
import { count, interval, percent, plural } from "../app/format";
import { period as periodOf, useMinute } from "../app/period";
import { usePages } from "../app/pages";
import { link, setQuery, usePlace } from "../app/router";
import type { GroupDetail, GroupRow, List, SessionRow } from "../app/types";
import { LinkButton } from "../parts/button";
import { StackedChart } from "../parts/chart";
import { Icon } from "../parts/icon";
import { Card, Page } from "../parts/page";
import { PeriodPicker } from "../parts/period";
import { SessionTable } from "../parts/sessiontable";
import { Empty, Loaded, Skeleton } from "../parts/states";
import { Table } from "../parts/table";
import { Time } from "../parts/time";

export type GroupKind = "tag" | "route";

/** How many sessions are shown of a tag or route. */
const newest = 10;

const words = {
  tag: { title: "Tags", one: "tag", lead: "A form, a campaign, a survey: what your pages call their sessions.", empty: "No session has a tag", how: "Put data-tags into the script tag, or call setRoundtableTags." },
  route: { title: "Routes", one: "route", lead: "Pages and views by their path; what tells one item from another is replaced.", empty: "No route was seen", how: "Routes show up with the first sessions." },
} as const;

/** The text of a search field, in the address a moment after the last key. */
export function SearchField({ label }: { label: string }): JSX.Element {
  const { query } = usePlace();
  const [text, setText] = useState(query.get("q") ?? "");
  const timer = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <label class="search">
      <Icon name="search" />
      <span class="visually-hidden">{label}</span>
      <input
        type="search"
        class="input"
        data-search
        placeholder={label}
        value={text}
        onInput={(e) => {
          const v = e.currentTarget.value;
          setText(v);
          clearTimeout(timer.current);
          timer.current = window.setTimeout(() => setQuery({ q: v.trim() }), 250);
        }}
      />
    </label>
  );
}

export function GroupListView({ kind }: { kind: GroupKind }): JSX.Element {
  const { query } = usePlace();
  const now = useMinute();
  const w = words[kind];
  const p = periodOf(query, now, "30d");
  const q = query.get("q") ?? "";
  const load = useLoad<List<GroupRow>>(`/${kind}s`, { q, since: p.since, until: p.until ?? now });

  return (
    <Page title={w.title} lead={w.lead} actions={<PeriodPicker period={p} />}>
      <div class="filters">
        <SearchField label={`Search ${w.title.toLowerCase()}`} />
      </div>
      <Card class="flush">
        <Loaded load={load} skeleton={<div class="pad"><Skeleton lines={8} height={20} /></div>}>
          {({ items }) =>
            !items?.length ? (
              <Empty title={q ? `No ${w.one} has “${q}” in it` : w.empty} icon={kind === "tag" ? "tag" : "route"}>
                {q ? "Search looks for the letters as they stand." : w.how}
              </Empty>
            ) : (
              <Table
                compact
                caption={w.title}
                rows={items}
                rowKey={(r) => r[kind] ?? ""}
                columns={[
                  { key: "name", head: kind === "tag" ? "Tag" : "Route", wide: true, cell: (r) => <a href={link(`/${kind}s/detail`, { [kind]: r[kind] ?? "", ...p.query })}>{r[kind]}</a> },
                  { key: "sessions", head: "Sessions", num: true, cell: (r) => count(r.sessions) },
                  { key: "suspect", head: "Score 50+", num: true, cell: (r) => <Part k={r.suspect} n={r.sessions} /> },
                  { key: "machine", head: "Score 70+", num: true, cell: (r) => <Part k={r.machine} n={r.sessions} /> },
                ]}
              />
            )
          }
        </Loaded>
      </Card>
    </Page>
  );
}

function Part({ k, n }: { k: number; n: number }): JSX.Element {
  return (
    <span class="part">
      <span>{count(k)}</span>
      <span class="soft part-share">{percent(n ? k / n : 0)}</span>
      <span class="part-bar" aria-hidden="true">
        <span style={{ width: `${n ? (k / n) * 100 : 0}%` }} />
      </span>
    </span>
  );
}

export function GroupView({ kind }: { kind: GroupKind }): JSX.Element {
  const { query } = usePlace();
  const now = useMinute();
  const name = query.get(kind) ?? "";
  const p = periodOf(query, now, "30d");
  const times = { since: p.since, until: p.until ?? now };
  const load = useLoad<GroupDetail>(name ? (kind === "tag" ? `/tags/${encodeURIComponent(name)}` : "/routes/detail") : "", kind === "tag" ? times : { route: name, ...times });
  const sessions = usePages<SessionRow>(name ? "/sessions" : "", { [kind]: name, ...times, limit: newest }, newest);
  const w = words[kind];

  return (
    <Page
      title={name || w.title}
      documentTitle={`${name} · ${w.title}`}
      lead={<a href={link(`/${kind}s`, p.query)}>All {w.title.toLowerCase()}</a>}
      actions={<PeriodPicker period={p} />}
    >
      <Loaded load={load} skeleton={<Card><Skeleton lines={1} height={260} /></Card>}>
        {(d) => <Detail d={d} {...times} />}
      </Loaded>
      {load.data || load.error ? (
        <Card
          class="flush"
          title="Newest sessions"
          aside={
            <LinkButton small href={link("/sessions", { [kind]: name, ...p.query })}>
              All of them
            </LinkButton>
          }
        >
          <Loaded load={sessions} skeleton={<div class="pad"><Skeleton lines={5} height={20} /></div>}>
            {(items) =>
              items.length ? (
                <SessionTable caption={`Sessions with the ${w.one} ${name}`} rows={items.slice(0, newest)} />
              ) : (
                <Empty title={sessions.more ? "No session so far" : "No session in this time"} icon="sessions">
                  {sessions.searched !== undefined ? <>Searched back to <Time at={sessions.searched} />.</> : null}
                </Empty>
              )
            }
          </Loaded>
        </Card>
      ) : null}
    </Page>
  );
}

/** The span that the server counted by, told by the distance of two. */
const spanOf = (at: number[]): "hour" | "day" => ((at[1] ?? 0) - (at[0] ?? 0) > 4_000_000 || at.length < 2 ? "day" : "hour");

function Detail({ d, since, until }: { d: GroupDetail; since: number | undefined; until: number }): JSX.Element {
  const series = d.series ?? [];
  const at = useMemo(() => series.map((s) => s.at), [d]);
  const layers = useMemo(
    () => [
      { name: "Below 50", tone: "accept", values: series.map((s) => s.sessions - s.suspect) },
      { name: "50 or more", tone: "reject", values: series.map((s) => s.suspect) },
    ],
    [d],
  );
  const [low, high] = interval(d.machine, d.sessions);
  return (
    <Card>
      <p class="answer-line">
        {d.sessions ? (
          <>
            <strong class="num">{count(d.machine)}</strong> of {plural(d.sessions, "session")} scored 70 or more (<strong class="num">{percent(d.machine / d.sessions)}</strong>, <span class="num">{percent(low)}</span> to <span class="num">{percent(high)}</span>{" "}
            with 95 % confidence), {count(d.suspect)} scored 50 or more.
          </>
        ) : (
          "No session in this time."
        )}
      </p>
      {at.length ? <StackedChart label="Sessions over time" at={at} span={spanOf(at)} layers={layers} since={since} until={until} /> : null}
    </Card>
  );
}
