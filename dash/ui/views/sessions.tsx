// All sessions, filtered by what the address says, live.

import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { useMay, useSigned } from "../app/account";
import { address, get } from "../app/api";
import { chips, type Filter, filterNames, filterOf } from "../app/filters";
import { capital, country, count, duration, plural, when } from "../app/format";
import { arrived, depth, go, link, setQuery, usePlace } from "../app/router";
import { type SessionList, useSessions } from "../app/rows";
import { useBands, useChecks } from "../app/shared";
import { useKeys } from "../app/shortcuts";
import type { Check, SessionCount, SessionRow } from "../app/types";
import { Badge, ScoreBadge } from "../parts/badge";
import { Button, CopyButton } from "../parts/button";
import { Segments } from "../parts/field";
import { Icon } from "../parts/icon";
import { Page } from "../parts/page";
import { PeriodPicker } from "../parts/period";
import { Popover } from "../parts/popover";
import { Empty, Failure } from "../parts/states";
import { Time } from "../parts/time";
import { announce } from "../parts/toast";
import { useNarrow, useWindow } from "../parts/virtual";
import { AddFilter } from "./filter";

/** Heights of a row in CSS px; views.css has the same. */
const rowHeight = 56;
const cardHeight = 104;

/** How long no more is said of new sessions, in ms. */
const quiet = 15_000;

export function SessionsView(): JSX.Element {
  const { query } = usePlace();
  const { workspace } = useSigned();
  const filter = useMemo(() => filterOf(query, Date.now()), [query.toString()]);
  const list = useSessions(filter, workspace.id);
  const checks = useChecks();
  const total = useCount(filter);

  return (
    <Page title="Sessions" lead={list.first && list.error ? undefined : <Total total={total} list={list} />} actions={<Actions filter={filter} total={total} />}>
      <Filters query={query} checks={checks} filter={filter} />
      <Listed list={list} filter={filter} checks={checks} />
    </Page>
  );
}

/** Counted beside the list, which does not wait for it. */
function useCount(filter: Filter): SessionCount | undefined {
  const [n, set] = useState<SessionCount>();
  const { workspace } = useSigned();
  useEffect(() => {
    const stop = new AbortController();
    set(undefined);
    get<SessionCount>("/sessions/count", { query: filter.query, signal: stop.signal }).then(
      (c) => {
        set(c);
        announce(`${inWords(c)} listed`);
      },
      () => undefined, // the list says what is wrong
    );
    return () => stop.abort();
  }, [filter.id, workspace.id]);
  return n;
}

/** "3 sessions", "3 sessions or more". */
function inWords(n: SessionCount): string {
  if (n.at_least && n.sessions === 0) return "Few sessions, or none,";
  return `${plural(n.sessions, "session")}${n.at_least ? " or more" : ""}`;
}

function Total({ total, list }: { total: SessionCount | undefined; list: SessionList }): JSX.Element {
  const { connected } = list;
  // What was counted in part may be listed further by now.
  const known = total?.at_least && !list.first ? { sessions: list.complete ? list.count : Math.max(total.sessions, list.count), at_least: !list.complete } : total && { ...total, sessions: Math.max(total.sessions, list.count) };
  return (
    <>
      <span class="num">{known ? inWords(known).replace(/,$/, "") : "Counting…"}</span>
      <span class="live-state" data-on={connected || undefined}>
        {connected === undefined ? "Connecting" : connected ? "Live" : "Not live"}
      </span>
    </>
  );
}

function Actions({ filter, total }: { filter: Filter; total: SessionCount | undefined }): JSX.Element {
  const may = useMay("analyst");
  const { workspace } = useSigned();
  const href = (format: string): string => address("/sessions/export", { format, ...filter.query });
  return (
    <>
      <CopyButton
        small={false}
        what="Copy link"
        label="Copy link to this list"
        text={() => {
          const u = new URL(location.href);
          u.searchParams.set("workspace", String(workspace.id));
          return u.href;
        }}
      />
      <Popover label="Export" name="Export" icon="download" align="right">
        {(close) =>
          may ? (
            <div class="menu">
              <p class="menu-title">{total ? `${inWords(total).replace(/,$/, "")}, as listed` : "As listed"}</p>
              <a class="menu-item" href={href("csv")} download="sessions.csv" onClick={close}>
                CSV, for a spreadsheet
              </a>
              <a class="menu-item" href={href("json")} download="sessions.json" onClick={close}>
                JSON, one array
              </a>
            </div>
          ) : (
            <p class="menu-title">Taking data out needs the role of an analyst.</p>
          )
        }
      </Popover>
    </>
  );
}

function Filters({ query, checks, filter }: { query: URLSearchParams; checks: Check[]; filter: Filter }): JSX.Element {
  const set = chips(query, checks);
  const [text, setText] = useState(query.get("q") ?? "");
  const timer = useRef(0);
  useEffect(() => setText(query.get("q") ?? ""), [query.get("q")]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const bands = useBands();
  const min = query.get("min") ?? "";
  const max = query.get("max") ?? "";
  const quick = min === String(bands.reject) && !max ? "machines" : min === String(bands.review) && max === String(bands.reject - 1) ? "doubt" : min || max ? "other" : "all";

  return (
    <div class="filters">
      <label class="search">
        <Icon name="search" />
        <span class="visually-hidden">Search sessions</span>
        <input
          type="search"
          class="input"
          data-search
          placeholder="User, address of a page, tag, id"
          value={text}
          onInput={(e) => {
            const v = e.currentTarget.value;
            setText(v);
            clearTimeout(timer.current);
            timer.current = window.setTimeout(() => setQuery({ q: v.trim() }), 300);
          }}
        />
      </label>
      <Segments
        label="Score"
        value={quick}
        choices={[
          { value: "all", name: "All" },
          { value: "doubt", name: "In doubt" },
          { value: "machines", name: "Machines" },
        ]}
        onValue={(v) =>
          setQuery({ min: v === "machines" ? bands.reject : v === "doubt" ? bands.review : "", max: v === "doubt" ? bands.reject - 1 : "" }, false)
        }
      />
      <AddFilter query={query} checks={checks} />
      <span class="filters-gap" />
      <PeriodPicker period={filter.period} all />
      {set.length || query.get("q") ? (
        <ul class="chips" aria-label="Filters">
          {set.map((c) => (
            <li key={c.key} class="chip">
              <span>{c.text}</span>
              <button type="button" aria-label={`Remove the filter ${c.text}`} onClick={() => setQuery(Object.fromEntries(c.names.map((n) => [n, ""])), false)}>
                <Icon name="close" size={12} />
              </button>
            </li>
          ))}
          <li>
            <Button small kind="quiet" onClick={() => setQuery(Object.fromEntries(filterNames.map((n) => [n, ""])), false)}>
              Clear
            </Button>
          </li>
        </ul>
      ) : null}
    </div>
  );
}

function Listed({ list, filter, checks }: { list: SessionList; filter: Filter; checks: Check[] }): JSX.Element {
  const narrow = useNarrow();
  const height = narrow ? cardHeight : rowHeight;
  const place = useRef<HTMLDivElement>(null);
  const win = useWindow(place, list.count, height);
  const titles = useMemo(() => new Map(checks.map((c) => [c.key, c.title])), [checks]);
  const cursor = useRef(-1);
  const wanted = useRef("");

  // Where one was, once the rows are there again.
  useLayoutEffect(() => {
    if (arrived() === "history" && list.count > 0) scrollTo(0, depth());
  }, []);

  // The end comes near: fetch what follows.
  useEffect(() => {
    if (win.to > list.count - 30) list.more();
  }, [win.to, list.count, list.loading, list.paused]);
  useToldSearch(list);

  // A screen reader hears of new ones, but not of each.
  const told = useRef(0);
  useEffect(() => {
    if (list.waiting === 0 || Date.now() - told.current < quiet) return;
    told.current = Date.now();
    announce(`${plural(list.waiting, "new session")}, not shown yet`);
  }, [list.waiting]);

  const focus = (i: number): void => {
    const r = list.row(i);
    if (!r || !place.current) return;
    cursor.current = i;
    wanted.current = r.id;
    const top = place.current.getBoundingClientRect().top + i * height;
    const edge = narrow ? 64 : 16;
    if (top < edge) scrollBy(0, top - edge);
    else if (top + height > innerHeight - 16) scrollBy(0, top + height - innerHeight + 16);
    // Enter must not open the row before while this one is still to be drawn.
    const before = document.activeElement;
    if (!take() && before instanceof HTMLElement && place.current.contains(before)) before.blur();
  };
  const take = (): boolean => {
    const a = wanted.current ? place.current?.querySelector<HTMLElement>(`a[data-id="${wanted.current}"]`) : null;
    if (a) {
      a.focus({ preventScroll: true });
      wanted.current = "";
    }
    return Boolean(a);
  };
  useLayoutEffect(() => void take());

  useKeys({
    j: () => focus(Math.min(list.count - 1, cursor.current + 1)),
    k: () => focus(Math.max(0, cursor.current - 1)),
    Enter: () => {
      const r = list.row(cursor.current);
      if (r && document.activeElement === document.body) go(link(`/sessions/${r.id}`));
    },
  });

  if (list.first && list.error) return <Failure error={list.error} retry={list.reload} />;
  if (list.first) return <Waiting narrow={narrow} />;
  if (list.count === 0 && list.waiting === 0 && list.searched !== undefined) {
    return (
      <div class="card">
        <Empty title={list.paused ? "Nothing found so far" : "Searching"} icon="search" action={<SearchButton list={list} />}>
          Searched back to <Time at={list.searched} />.
        </Empty>
      </div>
    );
  }
  if (list.count === 0 && list.waiting === 0) {
    const any = Object.keys(filter.query).length > 0;
    return (
      <div class="card">
        <Empty
          title={any ? "No session fits" : "No session yet"}
          icon={any ? "filter" : "sessions"}
          action={any ? <Button onClick={() => go(link("/sessions"))}>Show all</Button> : <a class="button primary" href={link("/install")}>Put the script into a page</a>}
        >
          {any ? "Take a filter away, or choose a longer time." : "With the script in a page, its visits show up here within seconds."}
        </Empty>
      </div>
    );
  }

  const shown: JSX.Element[] = [];
  for (let i = win.from; i < Math.min(win.to, list.count); i++) {
    const r = list.row(i);
    if (r) shown.push(<Row key={r.id} r={r} i={i} top={i * height} titles={titles} narrow={narrow} fresh={list.fresh(r.id)} onFocus={() => (cursor.current = i)} />);
  }
  return (
    <div class="listed">
      {list.waiting ? (
        <div class="pill-place">
          <button
            type="button"
            class="pill"
            onClick={() => {
              list.showWaiting();
              scrollTo(0, 0);
            }}
          >
            <Icon name="up" size={12} />
            {count(list.waiting)} new
          </button>
        </div>
      ) : null}
      <div class="card flush">
        <div class="rows" role="table" aria-label="Sessions" aria-rowcount={list.complete ? list.count + 1 : -1}>
          <div role="rowgroup">
            <div class="row rows-head" role="row" aria-rowindex={1}>
              <span role="columnheader">Score</span>
              <span role="columnheader">Session</span>
              <span role="columnheader">Detected</span>
              <span role="columnheader">User</span>
              <span role="columnheader">From</span>
              <span role="columnheader" class="right">
                Length
              </span>
              <span role="columnheader" class="right">
                Started
              </span>
            </div>
          </div>
          <div role="rowgroup" class="rows-body" ref={place} style={{ height: `${list.count * height}px` }}>
            {shown}
          </div>
        </div>
      </div>
      {list.searched !== undefined && !list.error ? (
        <div class="rows-end soft searched">
          <span>
            Searched back to <Time at={list.searched} />.
          </span>
          <SearchButton list={list} />
        </div>
      ) : null}
      <div class="rows-end soft" key={list.count} hidden={list.searched !== undefined && !list.error}>
        {list.error ? (
          <>
            {list.error.message} <Button small onClick={list.reload}>Try again</Button>
          </>
        ) : list.complete ? (
          list.count > 20 ? "That is all." : ""
        ) : (
          "Loading more…"
        )}
      </div>
    </div>
  );
}

/** Has a search for what few sessions have go on, or stop. */
function SearchButton({ list }: { list: SessionList }): JSX.Element {
  return (
    <Button small onClick={() => list.goOn(list.paused)}>
      {list.paused ? "Search further back" : "Stop searching"}
    </Button>
  );
}

/** Tells a screen reader how a search goes: when it waits, when it is over, and now and then. */
function useToldSearch(list: SessionList): void {
  const told = useRef({ searching: false, at: 0 });
  useEffect(() => {
    const t = told.current;
    if (list.searched !== undefined) {
      if (!t.searching) t.at = Date.now();
      t.searching = true;
      if (list.paused || Date.now() - t.at > quiet) {
        t.at = Date.now();
        announce(`Searched back to ${when(list.searched)}, ${plural(list.count, "session")} found so far${list.paused ? "; the search waits" : ""}`);
      }
    } else if (t.searching && !list.loading && !list.error) {
      t.searching = false;
      if (list.complete) announce(`Everything is searched: ${plural(list.count, "session")} found`);
    }
  }, [list.searched, list.paused, list.complete, list.loading]);
}

function Waiting({ narrow }: { narrow: boolean }): JSX.Element {
  return (
    <div class="card flush" aria-busy="true">
      <span class="visually-hidden" role="status">
        Loading sessions
      </span>
      {narrow ? null : <div class="row rows-head" />}
      {Array.from({ length: narrow ? 6 : 12 }, (_, i) => (
        <div key={i} class="row-wait" style={{ height: `${narrow ? cardHeight : rowHeight}px` }} aria-hidden="true">
          <span />
          <span />
        </div>
      ))}
    </div>
  );
}

interface RowProps {
  r: SessionRow;
  i: number;
  top: number;
  titles: Map<string, string>;
  narrow: boolean;
  fresh: boolean;
  onFocus: () => void;
}

function Row({ r, i, top, titles, narrow, fresh, onFocus }: RowProps): JSX.Element {
  const where = r.route || pathOf(r.url) || "No page";
  const detected = (r.detected ?? []).map((k) => titles.get(k) ?? k);
  const from = [r.country ? country(r.country) : "", r.browser, r.os].filter(Boolean);
  const live = r.status.toLowerCase() === "live";
  return (
    <div class={`row${narrow ? " as-card" : ""}`} role="row" aria-rowindex={i + 2} data-fresh={fresh || undefined} style={{ transform: `translateY(${top}px)` }} onFocusIn={onFocus}>
      <span role="cell" class="row-score">
        <ScoreBadge score={r.score} band={r.band} />
      </span>
      <span role="cell" class="row-main">
        <a class="row-link" href={link(`/sessions/${r.id}`)} data-id={r.id}>
          <span class="visually-hidden">Session on </span>
          {where}
          {(r.routes?.length ?? 0) > 1 ? <span class="soft num"> +{(r.routes?.length ?? 1) - 1}</span> : null}
        </a>
        <span class="row-sub">
          {live ? <span class="dot">Live</span> : null}
          {r.label ? <Badge tone="accent">{capital(r.label)}</Badge> : null}
          {r.replay ? <Icon name="replay" size={12} label="Has a replay" /> : null}
          {(r.tags ?? []).slice(0, 3).map((t) => (
            <span key={t} class="tag">
              {t}
            </span>
          ))}
          {!live && !(r.tags ?? []).length && !r.label ? <span class="soft num">{r.id.slice(0, 8)}</span> : null}
        </span>
      </span>
      <span role="cell" class="row-why" title={detected.join(", ")}>
        {detected.length ? (
          <>
            <span class="row-line">{detected.slice(0, 2).join(", ")}</span>
            <span class="row-line soft">{detected.length > 2 ? `and ${plural(detected.length - 2, "more", "more")}` : r.actor ? capital(r.actor) : ""}</span>
          </>
        ) : (
          <span class="soft row-line">{r.band === "unknown" ? "Too little to say" : "Nothing"}</span>
        )}
      </span>
      <span role="cell" class="row-user row-line">
        {r.user_name || r.user_id || <span class="soft">–</span>}
      </span>
      <span role="cell" class="row-from">
        <span class="row-line">{from[0] ?? <span class="soft">–</span>}</span>
        <span class="row-line soft">{from.slice(1).join(", ")}</span>
      </span>
      <span role="cell" class="row-length right num">
        <span class="row-line">{duration(r.duration_ms)}</span>
        <span class="row-line soft">{plural(r.events, "event")}</span>
      </span>
      <span role="cell" class="row-when right">
        <Time at={r.started_at} />
      </span>
    </div>
  );
}

function pathOf(url: string): string {
  try {
    return new URL(url).pathname;
  } catch {
    return url;
  }
}
