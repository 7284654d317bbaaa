// The site's own users, by the ids that its pages gave, and one of them.

import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useLoad } from "../app/api";
import { capital, count, country, plural } from "../app/format";
import { usePages } from "../app/pages";
import { link, usePlace } from "../app/router";
import { useBands } from "../app/shared";
import type { User, UserDetail } from "../app/types";
import { bandOf, ScoreBadge } from "../parts/badge";
import { Button, LinkButton } from "../parts/button";
import { Icon } from "../parts/icon";
import { Card, Page } from "../parts/page";
import { SessionTable } from "../parts/sessiontable";
import { Empty, Loaded, Skeleton } from "../parts/states";
import { Table } from "../parts/table";
import { Time } from "../parts/time";
import { SearchField } from "./groups";

export function UsersView(): JSX.Element {
  const { query } = usePlace();
  const q = query.get("q") ?? "";
  const users = usePages<User>("/users", { q });
  const bands = useBands();

  return (
    <Page title="Users" lead="Those whom your pages name with data-user-id or setRoundtableUserId.">
      <div class="filters">
        <SearchField label="Search by id, name or address" />
      </div>
      <Card class="flush">
        <Loaded load={users} skeleton={<div class="pad"><Skeleton lines={8} height={20} /></div>}>
          {(items) =>
            items.length === 0 ? (
              <Empty title={users.more ? "Nobody found so far" : q ? `No user has “${q}” in id, name or address` : "No user is known"} icon="user">
                {users.searched !== undefined ? <>Searched back to <Time at={users.searched} />.</> : q ? "Search looks for the letters as they stand." : "Tell Gait who signed in, and their sessions stand together here."}
              </Empty>
            ) : (
              <Table
                compact
                caption="Users, latest first"
                rows={items}
                rowKey={(u) => u.user_id}
                columns={[
                  { key: "user", head: "User", wide: true, cell: (u) => <a href={link("/users/detail", { user: u.user_id })}>{u.user_name || u.user_id}</a> },
                  { key: "score", head: "Highest score", cell: (u) => <ScoreBadge score={u.max_score} band={bandOf(u.max_score, bands)} /> },
                  { key: "sessions", head: "Sessions", num: true, cell: (u) => count(u.sessions) },
                  { key: "suspect", head: "Score 50+", num: true, cell: (u) => (u.suspect ? count(u.suspect) : <span class="soft">0</span>) },
                  { key: "first", head: "First", num: true, cell: (u) => <Time at={u.first_at} /> },
                  { key: "last", head: "Last", num: true, cell: (u) => <Time at={u.last_at} /> },
                ]}
              />
            )
          }
        </Loaded>
        <MoreRows more={users.more} loading={users.loading} searched={users.data?.length ? users.searched : undefined} />
      </Card>
    </Page>
  );
}

/** Fetches what follows when it comes into sight; a button for who has no sight. */
export function MoreRows({ more, loading, searched }: { more: (() => void) | undefined; loading: boolean; searched?: number | undefined }): JSX.Element | null {
  const place = useRef<HTMLDivElement>(null);
  const latest = useRef(more);
  latest.current = more;
  useEffect(() => {
    const el = place.current;
    if (!el) return;
    const seen = new IntersectionObserver((e) => e.some((x) => x.isIntersecting) && latest.current?.(), { rootMargin: "300px" });
    seen.observe(el);
    return () => seen.disconnect();
  }, [more !== undefined]);
  if (!more) return null;
  return (
    <div class="more-rows" ref={place}>
      {searched !== undefined ? (
        <span class="soft small">
          Searched back to <Time at={searched} />.
        </span>
      ) : null}
      <Button small kind="quiet" busy={loading} onClick={more}>
        More
      </Button>
    </div>
  );
}

export function UserView(): JSX.Element {
  const { query } = usePlace();
  const id = query.get("user") ?? "";
  const load = useLoad<UserDetail>(id ? "/users/detail" : "", { user: id });
  const u = load.data;
  const name = u?.user_name || id || "User";
  const page = safe(u?.user_url);

  return (
    <Page
      title={name}
      documentTitle={`${name} · Users`}
      lead={<a href={link("/users")}>All users</a>}
      actions={
        page ? (
          <LinkButton icon="out" href={page} target="_blank" rel="noopener noreferrer">
            In your own system
          </LinkButton>
        ) : undefined
      }
    >
      <Loaded load={load} skeleton={<Card><Skeleton lines={6} height={20} /></Card>}>
        {(d) => <Detail d={d} id={id} />}
      </Loaded>
    </Page>
  );
}

/** An address that a page gave is only a link if it leads to a web page. */
function safe(url: string | undefined): string {
  return url && /^https?:\/\//i.test(url) ? url : "";
}

function Detail({ d, id }: { d: UserDetail; id: string }): JSX.Element {
  const bands = useBands();
  const sessions = d.sessions ?? [];
  const devices = d.devices ?? [];
  const suspect = d.suspect ?? sessions.filter((s) => s.score >= 50).length;
  return (
    <>
      <Card>
        <dl class="facts">
          <Fact name="Id">
            <code>{d.user_id || id}</code>
          </Fact>
          <Fact name="Highest score">
            <ScoreBadge score={d.max_score} band={bandOf(d.max_score, bands)} />
          </Fact>
          <Fact name="Scored 50 or more">
            <span class="num">
              {count(suspect)} of {plural(sessions.length, "session")}
              {sessions.length >= 100 ? " shown" : ""}
            </span>
          </Fact>
          <Fact name="First">
            <Time at={d.first_at} />
          </Fact>
          <Fact name="Last">
            <Time at={d.last_at} />
          </Fact>
        </dl>
      </Card>
      <Card class="flush" title="Devices">
        {devices.length ? (
          <Table
            compact
            caption="Devices of this user"
            rows={devices}
            rowKey={(x) => `${x.browser} ${x.os} ${x.device} ${x.country}`}
            columns={[
              {
                key: "device",
                head: "Device",
                wide: true,
                cell: (x) => (
                  <span class="session-cell">
                    <Icon name={x.device === "phone" || x.device === "tablet" ? x.device : "desktop"} />
                    {capital(x.device || "unknown device")}
                  </span>
                ),
              },
              { key: "browser", head: "Browser", cell: (x) => x.browser || "–" },
              { key: "os", head: "System", cell: (x) => x.os || "–" },
              { key: "country", head: "Country", cell: (x) => (x.country ? country(x.country) : "–") },
              { key: "sessions", head: "Sessions", num: true, cell: (x) => count(x.sessions) },
            ]}
          />
        ) : (
          <Empty title="No device is known" icon="desktop" />
        )}
      </Card>
      <Card class="flush" title="Sessions" aside={<LinkButton small href={link("/sessions", { user: id })}>In the list</LinkButton>}>
        {sessions.length ? <SessionTable caption="Sessions of this user" rows={sessions} /> : <Empty title="No session" icon="sessions" />}
      </Card>
    </>
  );
}

export function Fact({ name, children }: { name: string; children: JSX.Element | string }): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
