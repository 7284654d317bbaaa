// At a glance: how many machines came, who, and how sure that is.

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { type Load, useLoad } from "../app/api";
import { capital, change, count, country, interval, percent, plural } from "../app/format";
import { useLive } from "../app/live";
import { type Period, period as periodOf, useMinute } from "../app/period";
import { go, link, usePlace } from "../app/router";
import { useChecks } from "../app/shared";
import type { Bands, List, Overview, Period as Counts, SessionRow, TermRow } from "../app/types";
import { type Bar, BarList, difference } from "../parts/bars";
import { Badge, bandName, bands as bandOrder, ScoreBadge } from "../parts/badge";
import { LinkButton } from "../parts/button";
import { StackedChart } from "../parts/chart";
import { ScoreHistogram } from "../parts/histogram";
import { Icon, type IconName } from "../parts/icon";
import { Card, Page } from "../parts/page";
import { PeriodPicker } from "../parts/period";
import { useStages } from "../parts/stages";
import { Empty, Loaded, Skeleton } from "../parts/states";
import { Segments } from "../parts/field";
import { Time } from "../parts/time";
import { Help } from "../parts/tooltip";

/** How often news make the numbers anew, in ms at least. */
const often = 10_000;

export function OverviewView(): JSX.Element {
  const { query } = usePlace();
  const now = useMinute();
  const p = periodOf(query, now, "7d");
  const load = useLoad<Overview>("/overview", { since: p.since ?? now - 7 * 86_400_000, until: p.until ?? now });
  const [live, setLive] = useState<number>();
  const timer = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []);
  useLive({
    live: setLive,
    sessions: () => {
      if (timer.current || p.until !== undefined) return;
      timer.current = window.setTimeout(() => {
        timer.current = 0;
        load.reload();
      }, often);
    },
  });

  return (
    <Page title="Overview" actions={<PeriodPicker period={p} />}>
      <Loaded load={load} skeleton={<Waiting />}>
        {(o) => (o.now.sessions === 0 && o.before.sessions === 0 ? <Nobody period={p} /> : <Answer o={o} period={p} live={live ?? o.live.sessions} stale={load.loading} />)}
      </Loaded>
    </Page>
  );
}

/** A period of days may just be the wrong one; in the last ones it is the script that is missing. */
function Nobody({ period }: { period: Period }): JSX.Element {
  const install = <LinkButton kind={period.key === "custom" ? "plain" : "primary"} href={link("/install")}>Put the script into a page</LinkButton>;
  return (
    <Card>
      {period.key === "custom" ? (
        <Empty
          title={`Nobody came: ${period.words}`}
          icon="overview"
          action={
            <span class="state-actions">
              <LinkButton kind="primary" href={link("/", { p: "30d" })}>
                Show the last 30 days
              </LinkButton>
              {install}
            </span>
          }
        >
          No session began in these days.
        </Empty>
      ) : (
        <Empty title={`Nobody came in ${period.words}`} icon="overview" action={install}>
          With the script in a page, its visits show up here within seconds.
        </Empty>
      )}
    </Card>
  );
}

function Waiting(): JSX.Element {
  return (
    <div class="overview">
      <Card class="answer">
        <Skeleton lines={2} height={22} />
      </Card>
      <div class="tiles">
        {bandOrder.map((b) => (
          <div key={b} class="tile">
            <Skeleton lines={3} height={18} />
          </div>
        ))}
        <div class="tile">
          <Skeleton lines={3} height={18} />
        </div>
      </div>
      <Card title="Sessions over time" class="chart-card">
        <Skeleton lines={1} height={248} />
      </Card>
      <Card title="Scores" class="scores-card">
        <Skeleton lines={1} height={248} />
      </Card>
    </div>
  );
}

/** Sessions in each band, from the lowest. */
function inBands(c: Counts, b: Bands): [number, number, number, number] {
  const sum = (from: number, to: number): number => c.scores.slice(from, to).reduce((a, n) => a + n, 0);
  return [sum(0, b.monitor), sum(b.monitor, b.review), sum(b.review, b.reject), sum(b.reject, 101)];
}

function Answer({ o, period, live, stale }: { o: Overview; period: Period; live: number; stale: boolean }): JSX.Element {
  const b = o.policy.bands;
  const newest = useNewest(o);
  const now = inBands(o.now, b);
  const before = inBands(o.before, b);
  const [, , doubt, machines] = now;
  const n = o.now.sessions;
  const m = o.before.sessions;
  const layers = useMemo(
    () => bandOrder.map((name, i) => ({ name: bandName[name], tone: name, values: o.series.map((s) => s.bands[i] ?? 0) })),
    [o.series],
  );
  const at = useMemo(() => o.series.map((s) => s.at), [o.series]);
  const to = (query: Record<string, string | number>): string => link("/sessions", { ...period.query, ...query });
  const ready = useStages(4);

  return (
    <div class="overview" aria-busy={stale || ready < 4}>
      <Card class="answer">
        <p class="answer-line">
          <Sentence n={n} machines={machines} doubt={doubt} words={period.words} />
        </p>
        <p class="soft">
          <Sureness n={n} m={m} now={machines} before={before[3]} period={period} />
        </p>
      </Card>
      <div class="tiles">
        <Tile name="Sessions" icon="sessions" value={n} href={to({})} note={m ? <Change now={n} before={m} /> : "none in the time before"} />
        <Tile name="Machines" icon="reject" tone="reject" value={machines} href={to({ min: b.reject })} note={<Share k={machines} n={n} j={before[3]} m={m} />} />
        <Tile name="In doubt" icon="review" tone="review" value={doubt} href={to({ min: b.review, max: b.reject - 1 })} note={<Share k={doubt} n={n} j={before[2]} m={m} />} />
        <Tile name="Nothing against them" icon="accept" tone="accept" value={now[0]} href={to({ max: b.monitor - 1 })} note={<><Share k={now[0]} n={n} j={before[0]} m={m} />{now[1] ? `; ${count(now[1])} more to monitor` : ""}</>} />
        <Tile name="Live now" icon="live" value={live} href={link("/sessions", { status: "live" })} note="heard of within 30 minutes" />
      </div>
      <Card title="Sessions over time" class="chart-card">
        {ready > 0 ? <StackedChart label={`Sessions by ${o.span} and band`} at={at} span={o.span} layers={layers} since={o.since} until={o.until} /> : <Skeleton lines={1} height={248} />}
      </Card>
      <Card
        title={
          <>
            Scores <Help text="Every session of the period by its score from 0 to 100; heights are square roots of counts, so that ten are seen beside ten thousand. Two heaps far apart are easy to tell from each other; what lies between is where errors happen." label="What do the scores say?" />
          </>
        }
        class="scores-card"
      >
        {ready > 1 ? (
          <ScoreHistogram scores={o.now.scores} bands={b} onBand={(min, max) => go(to({ ...(min > 0 ? { min } : {}), ...(max < 100 ? { max } : {}) }))} height={172} />
        ) : (
          <Skeleton lines={1} height={248} />
        )}
      </Card>
      <div class="column">
        {ready > 2 ? <Flags o={o} to={to} /> : null}
        {ready > 2 ? <Terms title="Who came" compare={m > 0} rows={{ actors: { name: "Actors", rows: o.actors, key: "actor", text: capital, empty: "Nobody yet" } }} to={to} /> : null}
        {ready > 3 ? (
          <Terms
            title="From what"
            compare={m > 0}
            rows={{
              countries: { name: "Countries", rows: o.countries, key: "country", text: country, empty: "No address list tells countries" },
              devices: { name: "Devices", rows: o.devices, key: "device", text: capital, empty: "No device is known" },
              browsers: { name: "Browsers", rows: o.browsers, key: "browser", empty: "No browser is known" },
            }}
            to={to}
          />
        ) : null}
      </div>
      <div class="column">
        {ready > 2 && machines > 0 ? <Newest n={machines} query={{ ...period.query, min: b.reject }} list={newest} /> : null}
        {ready > 3 ? (
          <Terms
            title="Where"
            compare={m > 0}
            rows={{
              routes: { name: "Routes", rows: o.routes, key: "route", empty: "No routes yet" },
              tags: { name: "Tags", rows: o.tags, key: "tag", empty: "No session has a tag" },
            }}
            to={to}
          />
        ) : null}
      </div>
    </div>
  );
}

function Sentence({ n, machines, doubt, words }: { n: number; machines: number; doubt: number; words: string }): JSX.Element {
  const In = capital(words.startsWith("the last") ? `in ${words}` : words);
  if (n === 0) return <>{In} nobody came.</>;
  return (
    <>
      {In}, <strong class="num">{count(machines)}</strong> of {plural(n, "session")} {machines === 1 ? "looks" : "look"} like {machines === 1 ? "a machine" : "machines"}
      {" "}(<strong class="num">{percent(machines / n)}</strong>)
      {doubt ? (
        <>
          {" "}
          and <strong class="num">{count(doubt)}</strong> {doubt === 1 ? "is" : "are"} in doubt
        </>
      ) : (
        ", and none is in doubt"
      )}
      .
    </>
  );
}

/** Points of a percentage, signed. */
function points(x: number): string {
  const p = Math.abs(x * 100);
  return `${x < 0 ? "−" : "+"}${p < 10 ? p.toFixed(1) : Math.round(p)}`;
}

function Sureness({ n, m, now, before, period }: { n: number; m: number; now: number; before: number; period: Period }): JSX.Element {
  if (n === 0) return <>There is nothing to tell apart.</>;
  const [low, high] = interval(now, n);
  const c = change(now, n, before, m);
  const chance = c.low <= 0 && c.high >= 0;
  return (
    <>
      The share of machines lies between {percent(low)} and {percent(high)}
      {m === 0
        ? "; there is nothing before to compare it with."
        : Math.abs(c.delta) < 0.0005
          ? `, the same as in ${period.before}.`
        : chance
          ? `, and differs from ${period.before} by no more than chance explains (${points(c.delta)} points).`
          : `, ${points(c.delta)} points against ${period.before}: more than chance explains.`}{" "}
      <Help
        text={
          "Intervals hold with 95 % confidence, as if sessions came independently of each other: one operator with a thousand sessions makes them too narrow. " +
          "They speak of sessions with such a score, not of Gait's own errors: a machine that behaves just like a person is not among them."
        }
        label="How sure is this?"
      />
    </>
  );
}

function Tile({ name, icon, tone, value, note, href }: { name: string; icon: IconName; tone?: string; value: number; note: ComponentChildren; href: string }): JSX.Element {
  return (
    <a class="tile" href={href} data-tone={tone}>
      <span class="tile-name">
        <Icon name={icon} size={14} />
        {name}
      </span>
      <span class="tile-value num">{count(value)}</span>
      <span class="tile-note num">{note}</span>
    </a>
  );
}

function Change({ now, before }: { now: number; before: number }): JSX.Element {
  const d = difference(now, before);
  return <>{d === "≈" || d === "=" ? `like before (${count(before)})` : `${d} against ${count(before)} before`}</>;
}

function Share({ k, n, j, m }: { k: number; n: number; j: number; m: number }): JSX.Element {
  if (!n) return <>no sessions</>;
  const c = change(k, n, j, m);
  const same = c.low <= 0 && c.high >= 0;
  return (
    <>
      {percent(k / n)}
      {m ? (same ? ", like before" : `, ${points(c.delta)} points`) : ""}
    </>
  );
}

type To = (query: Record<string, string | number>) => string;

function Flags({ o, to }: { o: Overview; to: To }): JSX.Element {
  const facts = new Set(useChecks().flatMap((c) => (c.fact ? [c.key] : [])));
  const named = (key: string, title: string): ComponentChildren =>
    facts.has(key) ? (
      <>
        {title} <Badge tone="monitor" title="States what happened and accuses nobody: people do it, too.">Fact</Badge>
      </>
    ) : (
      title
    );
  const bars = (o.flags ?? []).map((f): Bar => ({ key: f.key, name: named(f.key, f.title || f.key), sessions: f.sessions, ...(o.before.sessions ? { before: f.before } : {}), href: to({ flag: f.key }) }));
  return (
    <Card title="What was detected" aside={<More href={link("/policy")} text="Policy" />}>
      <BarList label="Checks by how many sessions they fired in" bars={bars} empty="No check fired" />
    </Card>
  );
}

/** So many of the newest machines are named. */
const mostNewest = 5;

/** Fetched anew with the numbers beside it. */
function useNewest(o: Overview): Load<List<SessionRow>> {
  const load = useLoad<List<SessionRow>>("/sessions", { min: o.policy.bands.reject, since: o.since, until: o.until, limit: mostNewest });
  const of = useRef(o);
  useEffect(() => {
    const same = of.current.since === o.since && of.current.until === o.until;
    if (of.current !== o && same) load.reload();
    of.current = o;
  }, [o]);
  return load;
}

/** The shortest way from the overview to what gave a machine away. n of them came, so that room is kept. */
function Newest({ n, query, list }: { n: number; query: Record<string, string | number>; list: Load<List<SessionRow>> }): JSX.Element {
  const checks = useChecks();
  const why = (r: SessionRow): string => {
    const found = checks.filter((c) => r.detected?.includes(c.key));
    return [...found.filter((c) => !c.fact), ...found.filter((c) => c.fact)].map((c) => c.title).join(", ");
  };
  return (
    <Card title="Newest machines" aside={<More href={link("/sessions", query)} text="All" />} class="newest">
      <div style={{ minHeight: `${Math.min(n, mostNewest) * 44}px` }}>
        <Loaded load={list} skeleton={<Skeleton lines={Math.min(n, mostNewest)} height={32} />}>
          {({ items }) => (
            <ol aria-label="Newest sessions scored as machines">
              {(items ?? []).map((r) => (
                <li key={r.id}>
                  <a class="newest-row" href={link(`/sessions/${r.id}`)}>
                    <ScoreBadge score={r.score} band={r.band} />
                    <span class="newest-text">
                      <span>{r.route || r.id.slice(0, 8)}</span>
                      <span class="soft" title={why(r)}>
                        {why(r)}
                      </span>
                    </span>
                    <span class="soft num">
                      <Time at={r.started_at} />
                    </span>
                  </a>
                </li>
              ))}
            </ol>
          )}
        </Loaded>
      </div>
    </Card>
  );
}

const More = ({ href, text }: { href: string; text: string }): JSX.Element => (
  <a class="more" href={href}>
    {text}
    <Icon name="right" size={12} />
  </a>
);

interface Terms {
  name: string;
  rows: TermRow[];
  key: string;
  text?: (term: string) => string;
  empty: string;
}

/** The first of them that has anything stands open. compare says whether there was a period before. */
function Terms({ title, rows, to, compare }: { title: string; rows: Record<string, Terms>; to: To; compare: boolean }): JSX.Element {
  const keys = Object.keys(rows);
  const [chosen, set] = useState("");
  const open = chosen || (keys.find((k) => rows[k]?.rows?.length) ?? keys[0] ?? "");
  const t = rows[open];
  if (!t) return <></>;
  const bars = (t.rows ?? []).map((r): Bar => {
    const name = t.text?.(r.term) ?? r.term;
    return { key: r.term, name: name || "None", title: name, sessions: r.sessions, suspect: r.suspect, ...(compare ? { before: r.before } : {}), href: to({ [t.key]: r.term }) };
  });
  return (
    <Card
      title={title}
      aside={
        keys.length > 1 ? (
          <Segments label={title} value={open} choices={keys.map((k) => ({ value: k, name: rows[k]?.name ?? k }))} onValue={set} />
        ) : undefined
      }
    >
      <BarList label={t.name} bars={bars} empty={t.empty} />
    </Card>
  );
}
