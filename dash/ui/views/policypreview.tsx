// What a draft would change, counted on the stored sessions.

import type { JSX } from "preact";
import { count, percent, plural } from "../app/format";
import { link } from "../app/router";
import { useChecks } from "../app/shared";
import type { Bands, PolicyPreview } from "../app/types";
import { BandBadge, bandName, bands as order, ScoreBadge } from "../parts/badge";
import { ScoreHistogram } from "../parts/histogram";
import { Icon } from "../parts/icon";
import { Card } from "../parts/page";
import { Skeleton } from "../parts/states";
import { Time } from "../parts/time";
import type { PreviewState } from "./policy";

export function Preview({ preview, bands, dirty }: { preview: PreviewState; bands: Bands; dirty: boolean }): JSX.Element {
  const d = preview.data;
  if (!d) {
    return (
      <Card title="What would change">
        {preview.error ? <p class="wrong">{preview.error}</p> : <Skeleton lines={6} height={22} />}
      </Card>
    );
  }
  return (
    <Card title="What would change" aside={<span class="soft small">{d.cut ? <>the newest {plural(d.sessions, "session")}, since <Time at={d.since} /></> : "sessions of 30 days"}</span>} class="preview">
      <p class="answer-line" role="status" aria-busy={preview.loading}>
        <Words d={d} dirty={dirty} />
      </p>
      {preview.error ? <p class="wrong">{preview.error}</p> : null}
      <Matrix m={d.matrix} />
      <h3>Scores, as they would be{dirty ? "; the line is how they are" : ""}</h3>
      <ScoreHistogram scores={d.scores_then} bands={bands} {...(dirty ? { other: { scores: d.scores_now, name: "now" } } : {})} height={96} />
      {d.labelled ? <Labelled l={d.labelled} /> : null}
      <Examples d={d} />
    </Card>
  );
}

function Words({ d, dirty }: { d: PolicyPreview; dirty: boolean }): JSX.Element {
  if (d.sessions === 0) return <>No session of the last 30 days could be tried.</>;
  if (!dirty) return <>Move a slider: {plural(d.sessions, "session")} {d.sessions === 1 ? "is" : "are"} judged again while you do.</>;
  if (d.flips === 0) return <>None of {plural(d.sessions, "session")} would change band.</>;
  return (
    <>
      <strong class="num">{count(d.flips)}</strong> of {plural(d.sessions, "session")} would change band (<strong class="num">{percent(d.flips / d.sessions)}</strong>).
    </>
  );
}

function Matrix({ m }: { m: number[][] }): JSX.Element {
  const most = Math.max(1, ...m.flatMap((row, i) => row.filter((_, j) => i !== j)));
  return (
    <table class="matrix">
      <caption class="visually-hidden">Sessions by their band now, in rows, and then, in columns</caption>
      <thead>
        <tr>
          <td class="soft">Now ↓ Then →</td>
          {order.map((b) => (
            <th key={b} scope="col">
              {bandName[b]}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {order.map((from, i) => (
          <tr key={from}>
            <th scope="row">
              <BandBadge band={from} />
            </th>
            {order.map((to, j) => {
              const n = m[i]?.[j] ?? 0;
              const way = i === j ? "same" : j > i ? "up" : "down";
              return (
                <td key={to} class="num" data-way={n ? way : "none"} style={{ "--share": way === "same" ? 0 : 0.18 + 0.82 * Math.sqrt(n / most) }}>
                  {way !== "same" && n ? <Icon name={way} size={10} /> : null}
                  {n ? count(n) : <span class="visually-hidden">none</span>}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Labelled({ l }: { l: NonNullable<PolicyPreview["labelled"]> }): JSX.Element | null {
  const rows = [
    { name: "Labelled person", of: l.person, good: false },
    { name: "Labelled machine", of: l.machine, good: true },
  ].filter((r) => r.of && r.of.n > 0);
  if (!rows.length) {
    return <p class="soft small">No session has a label yet. Label some, and you see here how often a policy would be wrong about them.</p>;
  }
  return (
    <table class="mini full">
      <caption class="visually-hidden">Labelled sessions that would be flagged for review or rejection</caption>
      <thead>
        <tr>
          <th scope="col">Label</th>
          <th scope="col" class="right">
            Sessions
          </th>
          <th scope="col" class="right">
            Flagged now
          </th>
          <th scope="col" class="right">
            Then
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((r) => {
          const better = r.good ? r.of.flagged_then > r.of.flagged_now : r.of.flagged_then < r.of.flagged_now;
          const equal = r.of.flagged_then === r.of.flagged_now;
          return (
            <tr key={r.name}>
              <th scope="row">{r.name}</th>
              <td class="right num">{count(r.of.n)}</td>
              <td class="right num">{count(r.of.flagged_now)}</td>
              <td class="right num">
                <span class="tinted" data-tone={equal ? undefined : better ? "accept" : "reject"}>
                  {count(r.of.flagged_then)}
                  <span class="visually-hidden">{equal ? "" : better ? ", better" : ", worse"}</span>
                </span>
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function Examples({ d }: { d: PolicyPreview }): JSX.Element | null {
  const checks = useChecks();
  const list = d.examples ?? [];
  if (!list.length) return null;
  return (
    <>
      <h3>Who, for example</h3>
      <ul class="examples">
        {list.slice(0, 8).map((x) => (
          <li key={x.id}>
            <a href={link(`/sessions/${x.id}`)} target="_blank">
              <ScoreBadge score={x.score_from} band={x.from} />
              <Icon name="right" size={12} label="would become" />
              <ScoreBadge score={x.score_to} band={x.to} />
              <span class="examples-why">{(x.detected ?? []).map((k) => checks.find((c) => c.key === k)?.title ?? k).join(", ") || "Nothing detected"}</span>
              {x.sessions > 1 ? <span class="soft num">×{count(x.sessions)}</span> : null}
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}
