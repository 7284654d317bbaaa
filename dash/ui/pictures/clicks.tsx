// Where in their targets clicks landed: all together about the centre, and each
// target by itself.

import type { JSX } from "preact";
import { useMemo, useRef, useState } from "preact/hooks";
import { percent, plural } from "../app/format";
import type { Click, Run } from "./data";
import { Figure, Key, type Table } from "./figure";
import { useChanges, usePlayhead } from "./playhead";
import { clock, px, some } from "./words";

/** How close to the centre counts as in it, in CSS px: as the check of centred clicks has it. */
const exact = 0.5;

/** So many targets are shown at first, and so many dots on each and on all together. */
const few = 8;
const dots = 40;
const allDots = 200;

const off = (c: Click): number => Math.max(Math.abs(c.dx), Math.abs(c.dy));

interface Target {
  name: string;
  w: number;
  h: number;
  clicks: Click[];
}

export function ClicksPicture({ run }: { run: Run }): JSX.Element {
  const head = usePlayhead();
  const box = useRef<HTMLDivElement>(null);
  const lit = useRef(NaN);
  const [all, setAll] = useState(false);
  useChanges(head, () => {
    const now = run.clicks.find((c) => Math.abs(c.t - head.at) < 1)?.t ?? NaN;
    if (Object.is(now, lit.current)) return;
    for (const dot of box.current?.querySelectorAll(".click-now") ?? []) dot.classList.remove("click-now");
    for (const dot of box.current?.querySelectorAll(`[data-t="${now}"]`) ?? []) dot.classList.add("click-now");
    lit.current = now;
  });
  const sized = useMemo(() => run.clicks.filter((c) => !Number.isNaN(c.dx)), [run]);
  const targets = useMemo(() => targetsOf(run, sized), [run, sized]);
  const shown = all ? targets.slice(0, 60) : targets.slice(0, few);
  const others = run.clicks.length - sized.length;
  const centred = sized.filter((c) => off(c) <= exact);
  const says =
    sized.length === 0
      ? `${some(run.clicks.length, "click")} with a place in its target.`
      : `${centred.length} of ${plural(sized.length, "click")} within ${exact} px of the centre${spread(sized)}.${others ? ` ${plural(others, "click")} came without a place.` : ""}`;
  return (
    <Figure
      title="Where clicks landed"
      class="picture-clicks"
      says={run.clicks.length ? says.charAt(0).toUpperCase() + says.slice(1) : "Nothing was clicked."}
      empty={run.clicks.length === 0 ? "No click." : sized.length === 0 && "No click had a place in its target: they came from the keyboard, a script or assistive technology."}
      table={() => tableOf(run)}
      legend={
        <>
          <Key ink="--text" shape="dot">click</Key>
          {centred.length > 0 && <Key ink="--reject" shape="ring">within {exact} px of the centre</Key>}
          {sized.some((c) => !c.trusted) && <Key ink="--reject" shape="dot">by a script</Key>}
        </>
      }
    >
      <div
        class="click-plot"
        ref={box}
        onClick={(e) => {
          const dot = (e.target as Element).closest<SVGGElement>(".click-dot");
          if (dot) head.seek(Number(dot.dataset["t"]));
        }}
      >
        <Bullseye clicks={sized} />
        <ul class="click-targets" aria-label="Targets">
          {shown.map((t, i) => (
            <TargetBox key={i} target={t} />
          ))}
        </ul>
      </div>
      {targets.length > few && (
        <button type="button" class="text-button picture-more" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? "Show fewer targets" : `Show all ${Math.min(targets.length, 60)} targets`}
        </button>
      )}
    </Figure>
  );
}

/** All clicks about the centre of one box, as shares of their targets. */
function Bullseye({ clicks }: { clicks: Click[] }): JSX.Element {
  const size = 168;
  const mid = size / 2;
  const arm = mid - 4;
  const drawn = thin(clicks, allDots);
  return (
    <svg class="bullseye" viewBox={`0 0 ${size} ${size}`} width={size} height={size} aria-hidden="true">
      <rect x={mid - arm} y={mid - arm} width={arm * 2} height={arm * 2} rx="4" class="click-box" />
      <rect x={mid - arm / 2} y={mid - arm / 2} width={arm} height={arm} rx="2" class="click-ring" />
      <path d={`M${mid} ${mid - arm}v${arm * 2}M${mid - arm} ${mid}h${arm * 2}`} class="click-cross" />
      {drawn.map((c, i) => (
        <Dot key={i} c={c} x={mid + clampShare(c.dx / c.w) * arm * 2} y={mid + clampShare(c.dy / c.h) * arm * 2} r={drawn.length > 40 ? 3 : 4} />
      ))}
    </svg>
  );
}

const clampShare = (v: number): number => Math.max(-0.5, Math.min(0.5, v));

function TargetBox({ target: { name, w, h, clicks } }: { target: Target }): JSX.Element {
  const scale = Math.min(132 / w, 52 / h, 3);
  const width = Math.max(w * scale, 8);
  const height = Math.max(h * scale, 6);
  const pad = 6;
  const drawn = thin(clicks, dots);
  return (
    <li class="click-target">
      <svg viewBox={`0 0 ${width + pad * 2} ${height + pad * 2}`} width={width + pad * 2} height={height + pad * 2} aria-hidden="true">
        <rect x={pad} y={pad} width={width} height={height} rx="3" class="click-box" />
        <path d={`M${pad + width / 2} ${pad}v${height}M${pad} ${pad + height / 2}h${width}`} class="click-cross" />
        {drawn.map((c, i) => (
          <Dot key={i} c={c} x={pad + (c.dx + c.w / 2) * scale} y={pad + (c.dy + c.h / 2) * scale} r={3.5} />
        ))}
      </svg>
      <span class="click-target-name" title={name}>
        {name || "no name"}
      </span>
      <span class="click-target-size num">
        {Math.round(w)} × {Math.round(h)} px, {plural(clicks.length, "click")}
      </span>
    </li>
  );
}

function Dot({ c, x, y, r }: { c: Click; x: number; y: number; r: number }): JSX.Element {
  return (
    <g class={c.trusted ? "click-dot" : "click-dot click-script"} data-t={c.t}>
      <title>{`${clock(c.t)}: ${px(c.dx)} right, ${px(c.dy)} down of the centre`}</title>
      {off(c) <= exact && <circle cx={x} cy={y} r={r + 3} class="click-exact" />}
      <circle cx={x} cy={y} r={r} />
    </g>
  );
}

/** At most so many, spread over all of them. */
function thin(clicks: Click[], most: number): Click[] {
  if (clicks.length <= most) return clicks;
  return Array.from({ length: most }, (_, i) => clicks[Math.floor((i * clicks.length) / most)]!);
}

/** The same on every visit of a page: by path, name and size. */
function targetsOf(run: Run, clicks: Click[]): Target[] {
  const found = new Map<string, Target>();
  for (const c of clicks) {
    const key = `${run.pages[c.p]?.path ?? ""} ${c.target} ${Math.round(c.w)} ${Math.round(c.h)}`;
    const t = found.get(key);
    if (t) t.clicks.push(c);
    else found.set(key, { name: c.target, w: c.w, h: c.h, clicks: [c] });
  }
  return [...found.values()].sort((a, b) => b.clicks.length - a.clicks.length);
}

function spread(clicks: Click[]): string {
  if (clicks.length < 3) return "";
  const shares = clicks.map((c) => Math.max(Math.abs(c.dx / c.w), Math.abs(c.dy / c.h))).sort((a, b) => a - b);
  const mid = shares[Math.floor(shares.length / 2)]!;
  if (mid * 2 < 0.01) return "; half of them exactly there";
  return `; half of them within ${percent(mid * 2)} of the way from the centre to the edge`;
}

function tableOf(run: Run): Table {
  const c = run.clicks;
  return {
    head: ["Time", "Target", "Size", "From the centre", "Held", "By"],
    n: c.length,
    row: (i) => {
      const k = c[i]!;
      const sized = !Number.isNaN(k.dx);
      return [
        clock(k.t, run.end),
        k.target || "no name",
        sized ? `${Math.round(k.w)} × ${Math.round(k.h)} px` : "unknown",
        sized ? `${k.dx.toFixed(1)}, ${k.dy.toFixed(1)} px` : "unknown",
        k.held_ms >= 0 ? `${k.held_ms.toFixed(1)} ms` : "unknown",
        k.trusted ? (k.pointer === "none" ? "no pointer" : k.pointer) : "a script",
      ];
    },
    at: (i) => c[i]!.t,
  };
}
