// The answer at a glance: the score, what to do, who it seems to be, and what the
// session was.

import type { ComponentChildren, JSX } from "preact";
import { capital, country, count, duration } from "../app/format";
import { link } from "../app/router";
import type { Band, Bands } from "../app/types";
import { bandName } from "../parts/badge";
import { Icon } from "../parts/icon";
import { Time } from "../parts/time";
import { pathOf } from "../pictures/data";
import type { Evidence } from "./types";

export function Verdict({ evidence, band, bands, moment, children }: { evidence: Evidence; band: Band; bands: Bands; moment: ComponentChildren; children: ComponentChildren }): JSX.Element {
  const { assessment: a, actor, presence } = evidence;
  return (
    <section class="card verdict" data-tone={band} aria-label="Verdict">
      <div class="verdict-score">
        <p class="verdict-number num">
          <span class="visually-hidden">Score </span>
          {a.score}
        </p>
        <div>
          <p class="verdict-action">
            <Icon name={band} size={16} />
            {a.recommended_action === "Unknown" ? "Too little to say" : a.recommended_action}
          </p>
        </div>
        <Ruler score={a.score} masked={a.masked_score} bands={bands} band={band} />
        <p class="verdict-masked num">
          <i class="masked-ring" aria-hidden="true" />
          <b>{a.masked_score}</b> without device and network
        </p>
      </div>
      <div class="verdict-words">
        <p class="verdict-actor">
          <b>{capital(actor.class)}</b>
          {/^score \d+$/i.test(actor.reason) ? null : <span>{sentence(actor.reason)}</span>}
        </p>
        <p>{a.explanation}</p>
        {moment}
        {presence === "silent" && (
          <p class="verdict-warn">
            <Icon name="alert" size={14} /> A form was sent, and no hand was seen: a blocked tracker, a missing consent, or a script.
          </p>
        )}
        {evidence.missing_batches > 0 && (
          <p class="verdict-warn">
            <Icon name="alert" size={14} /> {count(evidence.missing_batches)} of {count(evidence.batches + evidence.missing_batches)} batches never arrived. What is missing is nobody's fault yet.
          </p>
        )}
        {evidence.monitor_only && <p class="soft">This workspace only watches: whatever the score, the advice to your site is to accept.</p>}
      </div>
      <div class="verdict-label">{children}</div>
    </section>
  );
}

function Ruler({ score, masked, bands, band }: { score: number; masked: number; bands: Bands; band: Band }): JSX.Element {
  const edges = [0, bands.monitor, bands.review, bands.reject, 100];
  const names = ["accept", "monitor", "review", "reject"] as const;
  return (
    <div class="ruler" aria-hidden="true">
      {names.map((name, i) => (
        <span key={name} class="ruler-band" data-tone={name} data-here={name === band || undefined} style={{ flexGrow: edges[i + 1]! - edges[i]! }} title={bandName[name]}>
          <small class="num">{edges[i]}</small>
        </span>
      ))}
      <small class="ruler-end num">100</small>
      <i class="ruler-masked" style={{ "--at": masked }} />
      <i class="ruler-mark" style={{ "--at": score }} />
    </div>
  );
}

const sentence = (text: string): string => (text ? `${capital(text).replace(/[.]?$/, "")}.` : "");

/** What the session was, in a row of names and values. */
export function Facts({ evidence }: { evidence: Evidence }): JSX.Element {
  const e = evidence;
  const user = e.user_id ?? "";
  const items: [string, ComponentChildren][] = [];
  const add = (name: string, value: ComponentChildren): void => void (value && items.push([name, value]));
  add(
    "User",
    user && (
      <a href={link("/users/detail", { user })} title={user}>
        {e.user_name || user}
      </a>
    ),
  );
  add("Last page", <span title={e.url}>{pathOf(e.url)}</span>);
  add("Country", e.country && country(e.country));
  add("Browser", [e.browser, e.os].filter(Boolean).join(" on "));
  add("Device", e.device && capital(e.device));
  add("Started", <Time at={e.started_at} />);
  add("Lasted", duration(e.duration_ms));
  add("Events", count(e.events));
  add(
    "Tags",
    e.tags?.length ? (
      <span class="fact-tags">
        {e.tags.map((t) => (
          <a key={t} href={link("/tags/detail", { tag: t })}>
            {t}
          </a>
        ))}
      </span>
    ) : null,
  );
  return (
    <dl class="session-facts">
      {items.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
