// Opens a page of the customer's and waits for its session: what works is ticked
// off, and what does not is said with what helps.

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { get } from "../app/api";
import { plural } from "../app/format";
import { useLive } from "../app/live";
import { link } from "../app/router";
import type { List, SessionRow, Workspace } from "../app/types";
import { Button, LinkButton } from "../parts/button";
import { TextField } from "../parts/field";
import { Icon } from "../parts/icon";
import { Card } from "../parts/page";
import { announce } from "../parts/toast";

/** How long a page has to send something before help is offered, in ms. */
const patience = 15_000;

/** How many sessions are looked at, the newest. */
const most = 50;

/** How often the list is asked, in ms, beside what comes by itself. */
const often = 2000;

interface Run {
  url: URL;
  from: number;
  opened: boolean;
}

export function Checker({ w }: { w: Workspace }): JSX.Element {
  const [text, setText] = useState("");
  const [wrong, setWrong] = useState("");
  const [run, setRun] = useState<Run>();

  const start = (): void => {
    let url: URL;
    try {
      url = new URL(/^https?:\/\//i.test(text.trim()) ? text.trim() : `https://${text.trim()}`);
    } catch {
      return setWrong("This is not the address of a page.");
    }
    setWrong("");
    const opened = window.open(url.href, "_blank");
    setRun({ url, from: Date.now(), opened: opened !== null });
  };

  return (
    <Card title="Does it work?" lead="Your page opens in a new tab. Move the mouse there, type or scroll; then look here.">
      <form
        class="with-button"
        onSubmit={(e) => {
          e.preventDefault();
          start();
        }}
      >
        <TextField label="A page with the script" inputMode="url" autoComplete="url" required placeholder="https://www.example.org/signup" value={text} onValue={setText} error={wrong} />
        <Button type="submit" kind="primary" icon="out">
          {run ? "Open again" : "Open and watch"}
        </Button>
      </form>
      {run ? <Watch key={run.from} run={run} w={w} again={start} /> : null}
    </Card>
  );
}

/** Whether a session was on the page, whatever of its address was kept. */
function isThere(r: SessionRow, run: Run): boolean {
  try {
    return new URL(r.url).host === run.url.host;
  } catch {
    return false;
  }
}

function Watch({ run, w, again }: { run: Run; w: Workspace; again: () => void }): JSX.Element {
  const [found, setFound] = useState<SessionRow>();
  const [late, setLate] = useState(false);
  const known = useRef<{ events: Map<string, number>; since: number }>(undefined);

  // Sessions that were there when the page was opened count once something new
  // arrives in them; those that are older than what was looked at do not. This
  // browser's clock is not asked: it may be wrong.
  const take = (rows: SessionRow[]): void => {
    const before = known.current;
    if (!before) return;
    for (const r of rows) {
      const had = before.events.get(r.id);
      const news = had === undefined ? Date.parse(r.started_at) >= before.since : r.events > had;
      if (news && isThere(r, run)) setFound((f) => (f && f.id !== r.id ? f : r));
    }
  };

  useLive({ sessions: take });
  useEffect(() => {
    const stop = new AbortController();
    const ask = (): void => {
      get<List<SessionRow>>("/sessions", { query: { limit: most }, signal: stop.signal }).then(
        ({ items }) => {
          take(items);
          known.current ??= {
            events: new Map(items.map((r) => [r.id, r.events])),
            since: items.length < most ? 0 : Math.min(...items.map((r) => Date.parse(r.started_at))),
          };
        },
        () => undefined, // the next try says more
      );
    };
    ask();
    const timer = setInterval(ask, often);
    const help = setTimeout(() => setLate(true), patience);
    return () => {
      stop.abort();
      clearInterval(timer);
      clearTimeout(help);
    };
  }, []);
  useEffect(() => {
    if (found) announce("A session of the page has arrived.");
  }, [found?.id]);

  const origins = w.origins ?? [];
  const allowed = origins.length === 0 || origins.includes(run.url.origin);
  const acted = (found?.events ?? 0) > 3;
  return (
    <ol class="steps" aria-label="What works">
      <Step state={run.opened ? "done" : "bad"} title={run.opened ? "The page was opened" : "The browser blocked the new tab"}>
        {run.opened ? null : <a href={run.url.href} target="_blank" rel="noreferrer">Open it yourself</a>}
      </Step>
      <Step state={allowed ? "done" : "bad"} title={allowed ? `${run.url.origin} may send` : `${run.url.origin} may not send`}>
        {allowed ? null : (
          <>
            Your origins are {origins.join(", ")}. <a href={link("/settings")}>Add it in the settings</a>, then <button type="button" class="as-link" onClick={again}>open again</button>.
          </>
        )}
      </Step>
      <Step state={found ? "done" : late ? "bad" : "wait"} title={found ? "The script runs and the server hears it" : late ? "Nothing has arrived" : "Waiting for the script"}>
        {!found && late ? <Hints w={w} run={run} /> : null}
      </Step>
      <Step
        state={found ? (acted ? "done" : "wait") : "later"}
        title={found ? (acted ? `What happens there arrives: ${plural(found.events, "event")}` : "Do something on the page: move, type, scroll") : "What happens there arrives"}
      />
      <Step state={found && acted ? "done" : "later"} title={found && acted ? `It is judged: score ${found.score}` : "It is judged"}>
        {found ? (
          <LinkButton small href={link(`/sessions/${found.id}`)}>
            Look at the session
          </LinkButton>
        ) : null}
      </Step>
    </ol>
  );
}

function Hints({ w, run }: { w: Workspace; run: Run }): JSX.Element {
  return (
    <ul class="hints">
      <li>Is the tag in the page? Look at its source for {w.site_key}.</li>
      <li>A content blocker may know the script: try a window without extensions, or serve it from your own address.</li>
      {run.url.protocol === "https:" && location.protocol === "http:" ? <li>The page is https and this server is not: browsers refuse to mix them.</li> : null}
      <li>A Content-Security-Policy needs two directives: see CSP below.</li>
      {w.settings.require_consent ? <li>The tag waits for gaitConsent(true): agree on the page.</li> : null}
      <li>In the browser's network tab, an answer of 403 to a batch means a wrong key or origin, 429 too many at once.</li>
    </ul>
  );
}

function Step({ state, title, children }: { state: "done" | "wait" | "bad" | "later"; title: string; children?: ComponentChildren }): JSX.Element {
  return (
    <li class="step" data-state={state} data-tone={state === "done" ? "accept" : state === "bad" ? "reject" : undefined}>
      <span class="step-mark">{state === "wait" ? <span class="spinner" aria-hidden="true" /> : <Icon name={state === "done" ? "accept" : state === "bad" ? "reject" : "unknown"} />}</span>
      <div>
        <p>
          {title}
          <span class="visually-hidden">{state === "done" ? ", done" : state === "bad" ? ", failed" : state === "wait" ? ", waiting" : ", later"}</span>
        </p>
        {children ? <div class="step-more">{children}</div> : null}
      </div>
    </li>
  );
}
