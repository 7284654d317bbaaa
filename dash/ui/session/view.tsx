// One session: from the score down to the millisecond that gave it away.

import type { JSX } from "preact";
import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { useLoad, workspaceID } from "../app/api";
import { shortID } from "../app/format";
import { link } from "../app/router";
import type { Band, Bands, Policy } from "../app/types";
import { Badge, bandOf } from "../parts/badge";
import { CopyButton, LinkButton } from "../parts/button";
import { Icon } from "../parts/icon";
import { Card, Page } from "../parts/page";
import { useStages } from "../parts/stages";
import { Failure, Skeleton } from "../parts/states";
import { announce } from "../parts/toast";
import { ClicksPicture } from "../pictures/clicks";
import type { Run } from "../pictures/data";
import { PathPicture } from "../pictures/path";
import { Playhead, PlayheadProvider } from "../pictures/playhead";
import { ScrollPicture } from "../pictures/scroll";
import { Timeline } from "../pictures/timeline";
import { Transport } from "../pictures/transport";
import { TypingPicture } from "../pictures/typing";
import { clock } from "../pictures/words";
import { Device, Pages, RelatedSessions } from "./about";
import { Checks, type Jump } from "./checks";
import { Facts, Verdict } from "./head";
import { LabelControl } from "./label";
import { type Fresh, useEvidence, useRun } from "./load";
import { ActionLog } from "./log";
import { Replay } from "./replay";
import type { Evidence, LabelOf, PeopleRhythm } from "./types";
import { Waterfall } from "./waterfall";

/** As long as the policy is not known: what it is to begin with. */
const usual: Bands = { monitor: 25, review: 50, reject: 70 };

export function SessionView({ id }: { id: string }): JSX.Element {
  const evidence = useEvidence(id);
  const e = evidence.data;
  const run = useRun(id, e?.events, e?.duration_ms ?? 0);
  const policy = useLoad<Policy>("/policy");
  const people = useLoad<PeopleRhythm>("/people-rhythm");
  const name = `Session ${shortID(id)}`;

  if (!e && evidence.error) {
    return (
      <Page title={name}>
        <Failure error={evidence.error} retry={evidence.reload}>
          {evidence.error.status === 404 ? <LinkButton href={link("/sessions")}>All sessions</LinkButton> : null}
        </Failure>
      </Page>
    );
  }
  if (!e) {
    return (
      <Page title={name}>
        <Loading />
      </Page>
    );
  }
  return (
    <Page
      title={name}
      actions={
        <>
          <Status e={e} stale={evidence.error !== undefined} />
          <CopyButton text={id} what="Copy id" />
          {e.replay && (
            <LinkButton small icon="replay" href={`/replay/${id}`} target="_blank" rel="noopener">
              Replay alone
            </LinkButton>
          )}
        </>
      }
    >
      <Session id={id} e={e} run={run} bands={policy.data?.bands ?? usual} people={people.data} />
    </Page>
  );
}

function Status({ e, stale }: { e: Evidence; stale: boolean }): JSX.Element {
  if (stale) return <Badge tone="review" icon="alert">No connection: of before</Badge>;
  return e.status === "Live" ? (
    <span class="live-dot">Live</span>
  ) : (
    <Badge>Complete</Badge>
  );
}

/** A longer session is shown only around the evidence that one goes to, in ms. */
const wide = 60_000;
const around = 8_000;

function Session({ id, e, run, bands, people }: { id: string; e: Evidence; run: Fresh<Run>; bands: Bands; people: PeopleRhythm | undefined }): JSX.Element {
  const ready = useStages(2);
  const head = useMemo(() => new Playhead(), [id]);
  const [open, setOpen] = useState<ReadonlySet<string>>(() => new Set(strongest(e)));
  const [label, setLabel] = useState<LabelOf | null | undefined>(undefined);
  const panel = useRef<HTMLElement>(null);
  const band = bandFor(e, bands);
  const start = run.data?.start ?? Date.parse(e.started_at);

  // The run is known a moment after the evidence, and grows while it is live.
  const linked = useRef(Number(new URLSearchParams(location.search).get("t")));
  useEffect(() => {
    if (!run.data) return;
    head.extend(run.data.end);
    if (linked.current > 0) {
      head.seek(linked.current, "evidence");
      linked.current = 0;
    }
  }, [run.data]);

  const score = e.assessment.score;
  const before = useRef(score);
  useEffect(() => {
    if (before.current !== score) announce(`The score is now ${score}.`);
    before.current = score;
  }, [score]);

  const title = useCallback((key: string): string => e.checks[key]?.title ?? key, [e]);
  const isFact = useCallback((key: string): boolean => e.checks[key]?.fact ?? false, [e]);
  const onOpen = (key: string, on: boolean): void => {
    const next = new Set(open);
    if (on) next.add(key);
    else next.delete(key);
    setOpen(next);
  };
  const show = (key: string): void => {
    onOpen(key, true);
    requestAnimationFrame(() => {
      const el = document.getElementById(`check-${key}`);
      el?.scrollIntoView({ block: "nearest", behavior: calm() ? "auto" : "smooth" });
      el?.querySelector("button")?.focus({ preventScroll: true });
    });
  };

  const jump: Jump = {
    title,
    when(key, which) {
      const known = run.data?.moments.find((m) => m.check === key && m.which === which);
      if (known) return known.t;
      const m = e.checks[key]?.[which];
      return m ? Math.max(Date.parse(m.at) - start, 0) : NaN;
    },
    go(t) {
      if (run.data) head.seek(t, "evidence");
      else linked.current = t;
      if (head.span > wide) head.view(t - around, t + around);
      panel.current?.scrollIntoView({ block: "start", behavior: calm() ? "auto" : "smooth" });
    },
  };

  return (
    <PlayheadProvider value={head}>
      <div class="session">
        <Verdict evidence={e} band={band} bands={bands} moment={<Giveaway e={e} jump={jump} />}>
          <LabelControl id={id} label={label === undefined ? (e.label ?? null) : label} onLabel={setLabel} />
        </Verdict>
        <Facts evidence={e} />
        <div class="session-why">
          <div class="session-left">
            <Waterfall evidence={e} band={band} onCheck={show} />
            <Device evidence={e} />
          </div>
          {ready > 0 && <Checks evidence={e} open={open} onOpen={onOpen} jump={jump} />}
        </div>
        {ready > 1 && (
          <>
            <section class="card session-moments" ref={panel} aria-label="What happened">
              <header class="card-head">
                <h2>What happened</h2>
                {run.data && (
                  <CopyButton
                    kind="quiet"
                    what="Copy link to this moment"
                    text={() => `${location.origin}${link(`/sessions/${id}`, { workspace: workspaceID(), t: Math.round(head.at) || undefined })}`}
                  />
                )}
              </header>
              {run.data ? (
                <Pictures id={id} e={e} run={run.data} people={people} title={title} isFact={isFact} />
              ) : run.error ? (
                <Failure error={run.error} retry={run.reload} />
              ) : (
                <div class="pictures-wait" aria-busy="true">
                  <span class="visually-hidden" role="status">
                    Loading the pictures
                  </span>
                  <Skeleton lines={8} height={22} />
                </div>
              )}
            </section>
            <div class="session-about">
              <ActionLog id={id} events={e.events} />
              <div class="session-side">
                {run.data && <Pages run={run.data} />}
                <RelatedSessions id={id} user={e.user_id ?? ""} />
              </div>
            </div>
          </>
        )}
      </div>
    </PlayheadProvider>
  );
}

/** Leads from the answer straight to the moment of the evidence that counted most. */
function Giveaway({ e, jump }: { e: Evidence; jump: Jump }): JSX.Element | null {
  const [key] = strongest(e);
  if (!key) return null;
  const t = [jump.when(key, "best"), jump.when(key, "first")].find((m) => !Number.isNaN(m));
  if (t === undefined) return null;
  return (
    <p>
      <button type="button" class="button small giveaway" onClick={() => jump.go(t)}>
        <Icon name="replay" size={12} />
        <span>
          Strongest evidence: {jump.title(key).toLowerCase()} at <span class="num">{clock(t, 0)}</span>
        </span>
      </button>
    </p>
  );
}

interface PicturesProps {
  id: string;
  e: Evidence;
  run: Run;
  people: PeopleRhythm | undefined;
  title: (key: string) => string;
  isFact: (key: string) => boolean;
}

function Pictures({ id, e, run, people, title, isFact }: PicturesProps): JSX.Element {
  const ready = useStages(4);
  if (run.empty) return <p class="picture-empty">Nothing was recorded that could be drawn.</p>;
  return (
    <>
      <Transport run={run} title={title} isFact={isFact} playable={!e.replay} />
      <Timeline run={run} title={title} isFact={isFact} />
      <div class="pictures">
        {e.replay && <Replay id={id} start={run.start} />}
        {ready > 0 && <PathPicture run={run} />}
        {ready > 1 && <ClicksPicture run={run} />}
        {ready > 2 && <TypingPicture run={run} people={people} />}
        {ready > 3 && <ScrollPicture run={run} />}
      </div>
    </>
  );
}

/** The check that counted most stands open to begin with. */
function strongest(e: Evidence): string[] {
  let best = "";
  let most = 0;
  for (const [key, c] of Object.entries(e.checks)) {
    const counted = c.contribution?.applied ?? 0;
    if (c.verdict === "Detected" && !c.fact && counted > most) [best, most] = [key, counted];
  }
  return best ? [best] : [];
}

const bandFor = (e: Evidence, bands: Bands): Band => e.assessment.band ?? bandOf(e.assessment.score, bands);

const calm = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** As high as what comes, so that nothing moves. */
function Loading(): JSX.Element {
  return (
    <div class="session" aria-busy="true">
      <span class="visually-hidden" role="status">
        Loading the session
      </span>
      <Card class="verdict-wait">
        <Skeleton lines={4} height={20} />
      </Card>
      <div class="session-why">
        <Card class="why-wait">
          <Skeleton lines={7} height={18} />
        </Card>
        <Card class="why-wait">
          <Skeleton lines={8} height={18} />
        </Card>
      </div>
    </div>
  );
}
