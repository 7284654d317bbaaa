// What every check said, with its evidence in words and numbers. What was detected
// comes first.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { capital, count, percent, plural } from "../app/format";
import { Badge } from "../parts/badge";
import { Icon, type IconName } from "../parts/icon";
import { Card } from "../parts/page";
import { clock } from "../pictures/words";
import { measureName } from "./measures";
import { fires, measured, sign, signed } from "./numbers";
import { applied } from "./sum";
import type { Check, Evidence, Measure, Verdict } from "./types";

type Entry = [key: string, check: Check];

export interface Jump {
  /** When a moment of a check was, in ms since the session's first event; NaN if it has none. */
  when: (key: string, which: "first" | "best") => number;
  go: (t: number) => void;
  title: (key: string) => string;
}

const words: Record<Verdict, string> = { Detected: "Detected", "Not detected": "Not detected", Unknown: "Could not be answered" };

/** So many numbers for context are shown before one asks for all. */
const few = 4;

export function Checks({ evidence, open, onOpen, jump }: { evidence: Evidence; open: ReadonlySet<string>; onOpen: (key: string, open: boolean) => void; jump: Jump }): JSX.Element {
  const all = Object.entries(evidence.checks);
  const [unknown, setUnknown] = useState(false);
  const of = (v: Verdict): Entry[] => all.filter(([, c]) => c.verdict === v).sort(byWeight);
  const tally = (["Detected", "Not detected", "Unknown"] as const).map((v) => `${of(v).length} ${v.toLowerCase()}`).join(", ");
  const group = (v: Verdict, entries: Entry[]): JSX.Element | null =>
    entries.length === 0 ? null : (
      <div class="check-group">
        <h3 class="check-group-title">
          {words[v]} <span class="num">{entries.length}</span>
        </h3>
        <ul>
          {entries.map(([key, c]) => (
            <Row key={key} id={key} c={c} open={open.has(key)} onOpen={onOpen} jump={jump} />
          ))}
        </ul>
      </div>
    );
  const missing = of("Unknown");
  const showUnknown = unknown || missing.some(([key]) => open.has(key)) || missing.length < 3;
  return (
    <Card title="Checks" aside={<span class="soft small num">{tally}</span>} class="session-checks">
      {of("Detected").length === 0 && <p class="check-none soft">Nothing was detected.</p>}
      {group("Detected", of("Detected"))}
      {group("Not detected", of("Not detected"))}
      {showUnknown ? (
        group("Unknown", missing)
      ) : (
        <button type="button" class="check-more" aria-expanded="false" onClick={() => setUnknown(true)}>
          <Icon name="unknown" size={18} />
          <span>{plural(missing.length, "check")} could not be answered</span>
          <Icon name="down" />
        </button>
      )}
    </Card>
  );
}

/** What counted comes first, facts last. */
const byWeight = ([, a]: Entry, [, b]: Entry): number => applied(b) - applied(a) || Number(a.fact) - Number(b.fact) || (b.contribution?.weight ?? 0) - (a.contribution?.weight ?? 0);

const iconOf = (c: Check): IconName => (c.verdict === "Detected" ? (c.fact ? "fact" : "detected") : c.verdict === "Not detected" ? "clear" : "unknown");

const areaOf = (c: Check): string => (c.group === "environment" ? "device" : c.group);

function Row({ id, c, open, onOpen, jump }: { id: string; c: Check; open: boolean; onOpen: (key: string, open: boolean) => void; jump: Jump }): JSX.Element {
  const line = (c.verdict === "Unknown" ? c.reason : c.summary) || "No more to say.";
  const body = `check-body-${id}`;
  return (
    <li class="check-row" id={`check-${id}`} data-verdict={c.verdict} data-fact={c.fact || undefined} data-open={open || undefined}>
      <button type="button" class="check-head" aria-expanded={open} aria-controls={open ? body : undefined} onClick={() => onOpen(id, !open)}>
        <Icon name={iconOf(c)} size={18} />
        <span class="check-title">
          {c.title}
          <span class="visually-hidden">: {c.verdict}</span>
        </span>
        <span class="check-area">{c.fact ? `${areaOf(c)}, a fact` : areaOf(c)}</span>
        <Icon name="down" class="check-arrow" />
        <span class="check-line">{/^\w*[._]/.test(line) ? line : capital(line)}</span>
      </button>
      {open && (
        <div class="check-body" id={body}>
          <Detail id={id} c={c} jump={jump} />
        </div>
      )}
    </li>
  );
}

function Detail({ id, c, jump }: { id: string; c: Check; jump: Jump }): JSX.Element {
  const [all, setAll] = useState(false);
  const measures = c.measures ?? [];
  const judged = measures.filter((m) => m.fires);
  const context = measures.filter((m) => !m.fires && m.value !== null);
  const shown = all ? context : context.slice(0, few);
  const first = jump.when(id, "first");
  const best = jump.when(id, "best");
  return (
    <>
      {judged.length > 0 && (
        <table class="measures">
          <caption class="visually-hidden">Numbers behind {c.title}</caption>
          <thead class="visually-hidden">
            <tr>
              <th scope="col">What</th>
              <th scope="col">Scale</th>
              <th scope="col">Value</th>
              <th scope="col">Evidence when</th>
            </tr>
          </thead>
          <tbody>
            {judged.map((m) => (
              <tr key={m.name} data-fires={fires(m) || undefined}>
                <th scope="row">{measureName(m.name)}</th>
                <td class="measure-scale">
                  <Scale m={m} />
                </td>
                <td class="measure-value num">{measured(m, m.value)}</td>
                <td class="measure-rule num">
                  evidence {sign(m.fires)} {measured(m, m.threshold)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {context.length > 0 && (
        <dl class="measure-context num">
          {shown.map((m) => (
            <div key={m.name}>
              <dt>{measureName(m.name)}</dt>
              <dd>{m.unit === "log-odds" && m.value !== null ? `${signed(m.value)} ${m.unit}` : measured(m, m.value)}</dd>
            </div>
          ))}
        </dl>
      )}
      {context.length > few && (
        <button type="button" class="text-button" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? "Fewer numbers" : `${context.length - few} more numbers`}
        </button>
      )}
      {(!Number.isNaN(first) || !Number.isNaN(best)) && (
        <p class="check-moments">
          {!Number.isNaN(first) && <MomentButton t={first} words={best === first || Number.isNaN(best) ? "Seen at" : "First at"} go={jump.go} />}
          {!Number.isNaN(best) && best !== first && <MomentButton t={best} words="Strongest at" go={jump.go} />}
        </p>
      )}
      <p class="check-small">
        {c.samples > 0 && `${plural(c.samples, "sample")}. `}
        <Weight c={c} title={jump.title} />
      </p>
      {c.fact && c.verdict === "Detected" && <p class="check-small">States what happened and accuses nobody: people do it, too.</p>}
      <Rarity c={c} />
    </>
  );
}

function MomentButton({ t, words: text, go }: { t: number; words: string; go: (t: number) => void }): JSX.Element {
  return (
    <button type="button" class="button small" onClick={() => go(t)}>
      <Icon name="replay" size={12} />
      {text} <span class="num">{clock(t, 0)}</span>
    </button>
  );
}

function Weight({ c, title }: { c: Check; title: (key: string) => string }): JSX.Element | null {
  const k = c.contribution;
  if (!k) return <>Not part of the score.</>;
  if (!k.weight) return c.verdict === "Unknown" ? <>Adds nothing to the score.</> : null;
  const note = k.note.replace(/\b[a-z]+(_[a-z]+)+\b/g, (key) => title(key).toLowerCase());
  const counted = k.applied !== null && k.applied !== k.weight ? `, ${k.applied === 0 ? "none" : signed(k.applied)} counted${note ? ` (${note})` : ""}` : "";
  return (
    <>
      Weight {signed(k.weight)} log-odds{counted}. {k.measured ? null : <Badge title="Chosen by judgement, not yet measured on recorded people">provisional</Badge>}
    </>
  );
}

/** How rare the answer is among people: only where that was measured. */
function Rarity({ c }: { c: Check }): JSX.Element | null {
  const people = c.contribution?.people;
  if (c.verdict !== "Detected" || !people || people.of === 0) return null;
  return (
    <p class="check-small">
      It flagged {count(people.flagged)} of {count(people.of)} recorded people ({percent(people.flagged / people.of)}).
    </p>
  );
}

/** The value on a line, and from where on it is evidence. */
function Scale({ m }: { m: Measure }): JSX.Element | null {
  if (m.value === null || m.threshold === null) return null;
  const w = 96;
  const low = Math.min(0, m.value, m.threshold);
  const high = Math.max(m.value, m.threshold, low + 1e-9);
  const room = (high - low) * 0.15;
  const at = (v: number): number => 4 + ((v - low) / (high - low + room)) * (w - 8);
  const limit = at(m.threshold);
  const above = m.fires.startsWith(">");
  return (
    <svg width={w} height="14" viewBox={`0 0 ${w} 14`} aria-hidden="true" class={fires(m) ? "measure-line scale-fires" : "measure-line"}>
      <rect class="scale-rail" x="0" y="5.5" width={w} height="3" rx="1.5" />
      <rect class="scale-zone" x={above ? limit : 0} y="5.5" width={Math.max(above ? w - limit : limit, 0)} height="3" rx="1.5" />
      <rect class="scale-limit" x={limit - 0.75} y="1.5" width="1.5" height="11" />
      <circle class="scale-value" cx={at(m.value)} cy="7" r="4" />
    </svg>
  );
}

