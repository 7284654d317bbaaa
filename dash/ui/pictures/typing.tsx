// The rhythm of typing: each interval when it was, and how all of them are spread,
// beside those of recorded people.

import type { JSX } from "preact";
import { useMemo, useRef } from "preact/hooks";
import { plural } from "../app/format";
import type { Distribution, PeopleRhythm } from "../session/types";
import { Canvas, type Easel, type Sheet } from "./canvas";
import { isCharacter, keyKinds, type Run } from "./data";
import { Figure, Key, type Table, useTip } from "./figure";
import { frameOf, line, timeOf, xOf } from "./lanes";
import { clamp, useChanges, usePlayhead } from "./playhead";
import { holds, type Interval, intervals, longest, middle, middleOf, plainEdges, quantileOf, sharesOf, usual } from "./rhythm";
import { clock, ms, timeSteps } from "./words";

/** Fewer intervals than that say nothing about how they are spread. */
const enough = 20;

const floor = 3; // ms, the bottom of the scale

export function TypingPicture({ run, people }: { run: Run; people: PeopleRhythm | undefined }): JSX.Element {
  const all = useMemo(() => intervals(run), [run]);
  const most = people?.inter_key_ms.edges.at(-1) ?? usual;
  const plain = useMemo(() => all.filter((i) => i.plain && i.ms <= most).map((i) => i.ms), [all, most]);
  const held = useMemo(() => holds(run), [run]);
  const characters = useMemo(() => countCharacters(run), [run]);
  const text = run.inputs.reduce((sum, e) => sum + Math.max(e.n, 0), 0);
  return (
    <Figure
      title="Rhythm of typing"
      class="picture-typing"
      says={says(plain, characters, text, people)}
      empty={nothing(run, characters, text)}
      table={() => tableOf(run)}
      legend={
        <>
          <Key ink="--key" shape="dot">interval between characters</Key>
          <Key ink="--erase" shape="dot">backspace, delete</Key>
          {people && <Key ink="--people" shape="wash">{people.inter_key_ms.high ? "9 in 10 people" : "recorded people"}</Key>}
          {people && <Key ink="--people" shape="line">their mean</Key>}
        </>
      }
    >
      <Scatter run={run} all={all} people={people?.inter_key_ms} />
      <div class="spreads">
        <Histogram title="From key to key" values={plain} people={people?.inter_key_ms} />
        <Histogram title="Keys held" values={held} people={people?.dwell_ms} />
      </div>
      {people && (
        <p class="picture-source">
          {plural(people.n_people, "person", "people")}, each counted the same: {people.source}. {people.licence && `${people.licence}.`}
        </p>
      )}
    </Figure>
  );
}

function countCharacters({ keys }: Run): number {
  let n = 0;
  for (let i = 0; i < keys.n; i++) if (isCharacter(keys.kind[i]!)) n++;
  return n;
}

/** Why there is no rhythm to be seen, false if there is one. */
function nothing(run: Run, characters: number, text: number): string | false {
  if (characters > 0) return false;
  const keys = run.keys.n ? `${plural(run.keys.n, "key")}, none of them for a character` : "No key was pressed";
  return text > 0 ? `${keys}, and yet ${plural(text, "character")} of text came in.` : `${keys}.`;
}

function says(plain: number[], characters: number, text: number, people: PeopleRhythm | undefined): string {
  if (characters === 0) return text > 0 ? "Text that no keys typed." : "Nothing was typed.";
  const typed = `${plural(characters, "character key")}${text > characters * 2 + 5 ? ` for ${plural(text, "character")} of text` : ""}.`;
  if (plain.length < enough) return `${typed} Too few to compare with people: that takes ${enough} intervals.`;
  const m = middle(plain);
  const own = `${typed} Half of the intervals lie between ${ms(m.low)} and ${ms(m.high)}`;
  if (!people) return `${own}.`;
  const p = middleOf(people.inter_key_ms);
  return `${own}; half of people's between ${ms(p.low)} and ${ms(p.high)}.`;
}

/** Intervals over time, on a logarithmic scale. */
function Scatter({ run, all, people }: { run: Run; all: Interval[]; people: Distribution | undefined }): JSX.Element {
  const head = usePlayhead();
  const easel = useRef<Easel | null>(null);
  const [tip, tipBox] = useTip();
  useChanges(head, (c) => (c.view ? easel.current?.redraw() : easel.current?.refresh()));

  const bottom = (h: number): number => h - 20;
  const yOf = (v: number, h: number): number => {
    const share = Math.log(clamp(v, floor, longest) / floor) / Math.log(longest / floor);
    return bottom(h) - share * (bottom(h) - 6);
  };
  const frame = (w: number): ReturnType<typeof frameOf> => ({ ...frameOf(w, head.from, head.to), left: 48 });

  const drawing = function* ({ g, w, h, ink }: Sheet): Generator<void, void, void> {
    const f = frame(w);
    if (people && people.share.length) {
      const band = (low: number, high: number, alpha: number): void => {
        g.fillStyle = ink("--people");
        g.globalAlpha = alpha;
        const top = yOf(quantileOf(people, high), h);
        g.fillRect(f.left, top, f.right - f.left, yOf(quantileOf(people, low), h) - top);
        g.globalAlpha = 1;
      };
      band(0.05, 0.95, 0.16);
      band(0.25, 0.75, 0.2);
    }
    g.textBaseline = "middle";
    for (const v of [10, 100, 1000]) {
      const y = Math.round(yOf(v, h)) + 0.5;
      g.strokeStyle = ink("--line");
      line(g, f.left, y, f.right, y);
      g.fillStyle = ink("--text-2");
      g.textAlign = "right";
      g.fillText(ms(v), f.left - 6, y);
    }
    g.textAlign = "center";
    for (const t of timeSteps(f.from, f.to, Math.max((f.right - f.left) / 110, 2))) {
      const label = clock(t, f.to - f.from);
      const half = g.measureText(label).width / 2;
      g.fillText(label, clamp(xOf(f, t), f.left + half, w - 2 - half), h - 8);
    }
    yield;
    const seen = new Set<number>();
    g.globalAlpha = 0.85;
    for (const token of ["--text-2", "--key", "--erase"]) {
      g.fillStyle = ink(token);
      for (let start = 0; start < all.length; start += 2000) {
        g.beginPath();
        for (const i of all.slice(start, start + 2000)) {
          if (i.t < f.from || i.t > f.to || inkOf(i) !== token) continue;
          const x = xOf(f, i.t);
          const y = yOf(i.ms, h);
          const spot = Math.round(x) * 4096 + Math.round(y);
          if (seen.has(spot)) continue;
          seen.add(spot);
          if (all.length > 2000) g.rect(x - 1, y - 1, 2, 2);
          else {
            g.moveTo(x + 2.5, y);
            g.arc(x, y, 2.5, 0, 2 * Math.PI);
          }
        }
        g.fill();
        yield;
      }
    }
    g.globalAlpha = 1;
  };
  const overlay = ({ g, w, h, ink }: Sheet): void => {
    if (head.at < head.from || head.at > head.to) return;
    const x = xOf(frame(w), head.at);
    g.strokeStyle = ink("--cobalt");
    g.lineWidth = 1.5;
    line(g, x, 0, x, bottom(h));
  };
  const find = (e: MouseEvent): { x: number; y: number; hit: Interval | undefined } => {
    const r = (e.currentTarget as HTMLElement).getBoundingClientRect();
    const x = e.clientX - r.left;
    const y = e.clientY - r.top;
    const f = frame(r.width);
    let hit: Interval | undefined;
    let best = 12;
    for (const i of all) {
      if (i.t < f.from || i.t > f.to) continue;
      const d = Math.hypot(xOf(f, i.t) - x, yOf(i.ms, r.height) - y);
      if (d < best) [best, hit] = [d, i];
    }
    return { x, y, hit };
  };

  return (
    <div
      class="time-plot"
      onPointerMove={(e) => {
        const { x, y, hit } = find(e);
        if (hit) tip.show(x, y, [clock(hit.t, head.span), `${ms(hit.ms)} after the key before`]);
        else tip.hide();
      }}
      onPointerLeave={() => tip.hide()}
      onClick={(e) => {
        const { x, hit } = find(e);
        const w = (e.currentTarget as HTMLElement).clientWidth;
        head.seek(hit ? hit.t : clamp(timeOf(frame(w), x), 0, head.end));
      }}
    >
      <Canvas drawing={drawing} overlay={overlay} easel={easel} deps={[run, people]} />
      {tipBox}
    </div>
  );
}

const inkOf = (i: Interval): string => (i.erase ? "--erase" : i.plain ? "--key" : "--text-2");

/** Shares of the session's values as bars; behind them what most people's are, before them people's mean. */
function Histogram({ title, values, people }: { title: string; values: number[]; people: Distribution | undefined }): JSX.Element {
  const edges = people?.edges.length ? people.edges : plainEdges;
  const own = sharesOf(values, edges);
  const theirs = people?.share ?? [];
  const w = 260;
  const h = 84;
  const low = Math.log(floor);
  const high = Math.log(edges[edges.length - 1] ?? longest);
  const xAt = (v: number): number => ((Math.log(Math.max(v, floor)) - low) / (high - low)) * w;
  // Bins need not be of one width: what is drawn is the share per width on the scale.
  const dense = (shares: number[]): number[] => shares.map((s, i) => s / Math.max(xAt(edges[i + 1]!) - xAt(edges[i]!), 0.5));
  const mine = dense(own);
  const other = dense(theirs);
  const low95 = dense(people?.low ?? []);
  const high95 = dense(people?.high ?? theirs);
  const top = Math.max(...mine, ...other, ...high95, 1e-9);
  const few = values.length < enough;
  const yAt = (d: number): string => (h - (d / top) * (h - 4)).toFixed(1);
  const outline = (density: number[]): string => density.map((d, i) => `L${xAt(edges[i]!).toFixed(1)} ${yAt(d)}H${xAt(edges[i + 1]!).toFixed(1)}`).join("");
  const back = low95.map((d, i) => `L${xAt(edges[i + 1]!).toFixed(1)} ${yAt(d)}H${xAt(edges[i]!).toFixed(1)}`).reverse().join("");
  return (
    <div class="spread">
      <h4>
        {title} <span class="soft num">{values.length ? `half under ${ms(middle(values).mid)}` : "nothing known"}</span>
      </h4>
      <svg viewBox={`0 0 ${w} ${h + 16}`} aria-hidden="true">
        {high95.length > 0 && <path d={`M0 ${h}${outline(high95)}V${h}${back}Z`} class="spread-people" />}
        {mine.map((d, i) => {
          const x = xAt(edges[i]!);
          const wide = xAt(edges[i + 1]!) - x;
          const tall = (d / top) * (h - 4);
          return tall > 0 ? <rect key={i} x={x + wide * 0.14} y={h - tall} width={Math.max(wide * 0.72, 1)} height={tall} class={few ? "spread-own spread-few" : "spread-own"} /> : null;
        })}
        {other.length > 0 && <path d={`M0 ${h}${outline(other)}`} class="spread-mean" />}
        <path d={`M0 ${h + 0.5}H${w}`} class="spread-axis" />
        {[10, 100, 1000].filter((v) => Math.log(v) > low && Math.log(v) < high).map((v) => (
          <text key={v} x={xAt(v)} y={h + 13} text-anchor="middle">
            {ms(v)}
          </text>
        ))}
      </svg>
    </div>
  );
}

function tableOf(run: Run): Table {
  const { keys } = run;
  return {
    head: ["Time", "Key", "Since the one before", "Held", "Field"],
    n: keys.n,
    row: (i) => [
      clock(keys.t[i]!, run.end),
      keyKinds[keys.kind[i]!] ?? "other",
      i > 0 ? ms(keys.t[i]! - keys.t[i - 1]!) : "–",
      keys.dwell[i]! >= 0 ? ms(keys.dwell[i]!) : "unknown",
      run.fields[keys.field[i]!] ?? "",
    ],
    at: (i) => keys.t[i]!,
  };
}
