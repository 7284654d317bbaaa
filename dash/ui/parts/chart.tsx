// Counts over time, stacked, with the values under the pointer.

import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import { clockTime, count, countedDate, countedDay, date, hour, percent, plural, short } from "../app/format";
import { useColours } from "../app/theme";
import { Button } from "./button";

export interface Layer {
  name: string;
  tone: string;
  values: number[];
}

interface ChartProps {
  label: string;
  /** Unix ms, rising: the start of each span. */
  at: number[];
  span: "hour" | "day";
  /** From the bottom up. */
  layers: Layer[];
  /** What was counted, Unix ms: a span that it holds only in part is drawn fainter. */
  since?: number | undefined;
  until?: number | undefined;
  height?: number;
}

/** How long a span is, in ms. */
const lengths = { hour: 3_600_000, day: 86_400_000 };

export function StackedChart({ label, at, span, layers, since = -Infinity, until = Infinity, height = 220 }: ChartProps): JSX.Element {
  const [table, setTable] = useState(false);
  const name = span === "hour" ? hour : countedDay;
  return (
    <figure class="chart">
      <figcaption class="chart-head">
        <ul class="chart-legend">
          {layers.map((l) => (
            <li key={l.name} data-tone={l.tone}>
              <span class="chart-swatch" aria-hidden="true" />
              {l.name}
            </li>
          ))}
        </ul>
        <Button small kind="quiet" aria-pressed={table} onClick={() => setTable(!table)}>
          {table ? "Chart" : "Table"}
        </Button>
      </figcaption>
      {table ? (
        <div class="chart-table" tabIndex={0} role="region" aria-label={`${label}, as a table`} style={{ height: `${height}px` }}>
          <table class="mini">
            <thead>
              <tr>
                <th scope="col">{span === "hour" ? "Hour" : "Day, UTC"}</th>
                {layers.map((l) => (
                  <th key={l.name} scope="col" class="right">
                    {l.name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {at.map((t, i) => (
                <tr key={t}>
                  <th scope="row">{name(t)}</th>
                  {layers.map((l) => (
                    <td key={l.name} class="right num">
                      {count(l.values[i] ?? 0)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        <Plot label={label} at={at} span={span} layers={layers} since={since} until={until} height={height} />
      )}
    </figure>
  );
}

type PlotProps = Required<Omit<ChartProps, "since" | "until">> & { since: number; until: number };

function Plot({ label, at, span, layers, since, until, height }: PlotProps): JSX.Element {
  const [hover, setHover] = useState<number | null>(null);
  const canvas = useRef<HTMLDivElement>(null);
  const colours = useColours();
  const n = Math.max(at.length, 1);
  const { top, steps } = useMemo(() => scale(at, layers), [at, layers]);
  useEffect(() => {
    const el = canvas.current;
    if (!el) return;
    const partly = at.map((t) => t < since || t + lengths[span] > until);
    const plot = new uPlot(options(el, n, top, layers, partly), stack(at, layers), el);
    const resize = new ResizeObserver(() => plot.setSize({ width: el.clientWidth, height: el.clientHeight }));
    resize.observe(el);
    return () => {
      resize.disconnect();
      plot.destroy();
    };
  }, [colours, at, span, layers, since, until, top, height]);
  const marks = useMemo(() => (span === "day" ? dayMarks(at) : hourMarks(at)), [at, span]);
  const place = (e: PointerEvent): number | null => {
    const r = (e.currentTarget as Element).getBoundingClientRect();
    const i = Math.floor(((e.clientX - r.left) / r.width) * n);
    return i >= 0 && i < at.length ? i : null;
  };
  // A finger leaves with its touch: what it touched stays until it is touched again.
  const touch = (e: PointerEvent): void => {
    const i = place(e);
    if (e.pointerType === "touch") setHover(i === hover ? null : i);
  };
  const move = (e: PointerEvent): void => {
    if (e.pointerType !== "touch") setHover(place(e));
  };
  const leave = (e: PointerEvent): void => {
    if (e.pointerType !== "touch") setHover(null);
  };
  return (
    <div class="chart-plot" role="img" aria-label={`${label}: ${summary(layers)}`} style={{ height: `${height}px` }}>
      {steps.map((v) => (
        <div key={v} class="chart-level num" style={{ "--at": v / top }}>
          <span>{short(v)}</span>
        </div>
      ))}
      <div class="chart-area" onPointerMove={move} onPointerDown={touch} onPointerLeave={leave}>
        {hover === null ? null : <span class="chart-here" style={{ "--at": hover / n, "--wide": 1 / n }} />}
        <div ref={canvas} class="chart-canvas" aria-hidden="true" />
        {marks.map((m) => (
          <span key={m.i} class="chart-mark num" data-minor={m.minor || undefined} style={{ "--at": (m.i + 0.5) / n }}>
            {m.text}
          </span>
        ))}
        {hover === null ? null : <Tip i={hover} n={n} at={at[hover]!} span={span} layers={layers} since={since} until={until} />}
      </div>
    </div>
  );
}

function Tip({ i, n, at, span, layers, since, until }: { i: number; n: number; at: number; span: "hour" | "day"; layers: Layer[]; since: number; until: number }): JSX.Element {
  const total = layers.reduce((sum, l) => sum + (l.values[i] ?? 0), 0);
  const note = at < since ? `since ${clockTime(since)}` : at + lengths[span] > until ? "so far" : "";
  return (
    <div class="chart-tip" aria-hidden="true" data-left={i > n / 2 || undefined} style={{ "--at": (i + (i > n / 2 ? 0 : 1)) / n }}>
      <p>
        <b>{span === "hour" ? hour(at) : countedDay(at)}</b>
        {note ? <span class="soft"> {note}</span> : null}
      </p>
      <p class="soft num">{plural(total, "session")}</p>
      <ul>
        {[...layers].reverse().map((l) => (
          <li key={l.name} data-tone={l.tone}>
            <span class="chart-swatch" />
            <span>{l.name}</span>
            <b class="num">{count(l.values[i] ?? 0)}</b>
            <span class="soft num">{percent(total ? (l.values[i] ?? 0) / total : 0)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function summary(layers: Layer[]): string {
  const sums = layers.map((l) => l.values.reduce((a, b) => a + b, 0));
  const all = sums.reduce((a, b) => a + b, 0);
  return layers.map((l, i) => `${l.name} ${count(sums[i] ?? 0)} (${percent(all ? (sums[i] ?? 0) / all : 0)})`).join(", ");
}

/** The count at the top, and the counts that get a line: round ones, at most five. */
function scale(at: number[], layers: Layer[]): { top: number; steps: number[] } {
  const most = Math.max(2, ...at.map((_, i) => layers.reduce((sum, l) => sum + (l.values[i] ?? 0), 0)));
  const ten = 10 ** Math.floor(Math.log10(most / 4));
  const step = Math.max(1, [1, 2, 2.5, 5, 10].map((k) => k * ten).find((s) => most / s <= 4.4 && Number.isInteger(s)) ?? 10 * ten);
  const top = most * 1.04;
  const steps: number[] = [];
  for (let v = 0; v <= top; v += step) steps.push(v);
  return { top, steps };
}

/** The counts as uPlot draws them: layers on top of each other, the highest first, by the place of their span. */
function stack(at: number[], layers: Layer[]): uPlot.AlignedData {
  let below: number[] = at.map(() => 0);
  const sums = layers.map((l) => (below = below.map((sum, i) => sum + (l.values[i] ?? 0))));
  return [at.map((_, i) => i), ...sums.reverse()];
}

/** Bars alone: what is around them is HTML, which wraps, is read and follows the theme by itself. */
function options(el: HTMLElement, n: number, top: number, layers: Layer[], partly: boolean[]): uPlot.Options {
  const wide = n <= 10 ? 0.6 : n <= 40 ? 0.74 : 0.88;
  const series = [...layers].reverse().map((l): uPlot.Series => {
    const fill = colourIn(el, l.tone, "var(--fill)");
    const faint = colourIn(el, l.tone, "color-mix(in srgb, var(--fill) 50%, var(--panel))");
    const paths = uPlot.paths.bars?.({ size: [wide], radius: 0.06, disp: { fill: { unit: 3, values: () => partly.map((p) => (p ? faint : fill)) } } });
    return { fill, width: 0, points: { show: false }, ...(paths ? { paths } : {}) };
  });
  return {
    width: el.clientWidth,
    height: el.clientHeight,
    padding: [0, 0, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { time: false, range: [-0.5, n - 0.5] }, y: { range: [0, top] } },
    axes: [{ show: false }, { show: false }],
    series: [{}, ...series],
  };
}

/** A colour of the style sheet, as a canvas takes it. */
function colourIn(el: HTMLElement, tone: string, css: string): string {
  const probe = document.createElement("span");
  probe.dataset["tone"] = tone;
  probe.style.color = css;
  el.append(probe);
  const c = getComputedStyle(probe).color;
  probe.remove();
  return c;
}

interface Mark {
  i: number;
  text: string;
  /** Left out where there is little room. */
  minor: boolean;
}

/** So many marks have room below a wide chart. */
const mostMarks = 8;

/** The last day always has its mark. */
function dayMarks(at: number[]): Mark[] {
  const every = Math.ceil(at.length / mostMarks);
  const marks: Mark[] = [];
  for (let i = at.length - 1, k = 0; i >= 0; i -= every, k++) marks.push({ i, text: countedDate(at[i]!), minor: k % 2 === 1 && at.length > 4 });
  return marks;
}

function hourMarks(at: number[]): Mark[] {
  const every = [1, 2, 3, 6, 12, 24].find((h) => at.length / h <= mostMarks) ?? 24 * Math.ceil(at.length / 24 / mostMarks);
  const marks: Mark[] = [];
  at.forEach((t, i) => {
    const h = new Date(t).getHours();
    const day = Math.floor(i / 24);
    if (every <= 24 ? h % every === 0 : h === 0 && day % (every / 24) === 0) marks.push({ i, text: h === 0 ? date(t) : clockTime(t), minor: marks.length % 2 === 1 });
  });
  return marks;
}
