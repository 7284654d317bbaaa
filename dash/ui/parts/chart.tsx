// Counts over time, stacked, with the values under the pointer.

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import { count, countedDay, hour, percent, short } from "../app/format";
import { colour, useColours } from "../app/theme";
import { Button } from "./button";

export interface Layer {
  name: string;
  /** A token such as "--accept". */
  colour: string;
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
  height?: number;
}

export function StackedChart({ label, at, span, layers, height = 220 }: ChartProps): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const [hover, setHover] = useState<number | null>(null);
  const [table, setTable] = useState(false);
  const colours = useColours();
  const name = span === "hour" ? hour : countedDay;

  useEffect(() => {
    const el = place.current;
    if (!el || table) return;
    const made = new uPlot(options(el.clientWidth, height, span, layers, setHover), stack(at, layers), el);
    plot.current = made;
    const resize = new ResizeObserver(() => made.setSize({ width: el.clientWidth, height }));
    resize.observe(el);
    return () => {
      resize.disconnect();
      made.destroy();
      plot.current = undefined;
    };
  }, [colours, table, span, layers.length, height]);

  useEffect(() => plot.current?.setData(stack(at, layers)), [at, layers]);

  const total = (i: number): number => layers.reduce((n, l) => n + (l.values[i] ?? 0), 0);
  return (
    <figure class="chart">
      <figcaption class="chart-head">
        <ul class="chart-legend">
          {layers.map((l) => (
            <li key={l.name} data-tone={l.tone}>
              <span class="chart-swatch" aria-hidden="true" />
              {l.name}
              <span class="num chart-legend-value">{hover === null ? "" : count(l.values[hover] ?? 0)}</span>
            </li>
          ))}
        </ul>
        <span class="chart-at soft num" aria-hidden="true">
          {hover === null ? "" : `${name(at[hover] ?? 0)}: ${count(total(hover))}`}
        </span>
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
        <div ref={place} class="chart-plot" role="img" aria-label={`${label}: ${summary(layers)}`} style={{ height: `${height}px` }} />
      )}
    </figure>
  );
}

function summary(layers: Layer[]): string {
  const sums = layers.map((l) => l.values.reduce((a, b) => a + b, 0));
  const all = sums.reduce((a, b) => a + b, 0);
  return layers.map((l, i) => `${l.name} ${count(sums[i] ?? 0)} (${percent(all ? (sums[i] ?? 0) / all : 0)})`).join(", ");
}

/** uPlot draws each layer from the bottom, the highest first. */
function stack(at: number[], layers: Layer[]): uPlot.AlignedData {
  const sums: number[][] = [];
  let below: number[] = at.map(() => 0);
  for (const l of layers) {
    below = below.map((n, i) => n + (l.values[i] ?? 0));
    sums.push(below);
  }
  return [at.map((t) => t / 1000), ...sums.reverse()];
}

function options(width: number, height: number, span: "hour" | "day", layers: Layer[], onHover: (i: number | null) => void): uPlot.Options {
  const soft = colour("--text-2");
  const line = colour("--line");
  const bars = uPlot.paths.bars?.({ size: [0.82, 34], gap: 1, radius: 0.06 });
  const font = `11px ${getComputedStyle(document.body).fontFamily}`;
  const half = span === "hour" ? 1800 : 43_200;
  return {
    width,
    height,
    legend: { show: false },
    ...(span === "day" ? { tzDate: (t: number) => uPlot.tzDate(new Date(t * 1000), "Etc/UTC") } : {}),
    padding: [10, 4, 0, 0],
    cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
    scales: {
      x: { time: true, range: (_, min, max) => [min - half, max + half] },
      y: { range: (_, __, max) => [0, Math.max(4, max * 1.06)] },
    },
    axes: [
      { stroke: soft, font, grid: { show: false }, ticks: { show: false }, space: 64, size: 28, values: (u, ticks) => ticks.map((t) => span === "day" ? dateUTC.format(t * 1000) : tick(t, (u.scales["x"]?.max ?? 0) - (u.scales["x"]?.min ?? 0))) },
      { stroke: soft, font, grid: { stroke: line, width: 1 }, ticks: { show: false }, size: 44, space: 40, values: (_, ticks) => ticks.map((t) => (Number.isInteger(t) ? short(t) : "")) },
    ],
    series: [
      {},
      ...[...layers].reverse().map(
        (l): uPlot.Series => ({
          fill: colour(l.colour),
          width: 0,
          points: { show: false },
          ...(bars ? { paths: bars } : {}),
        }),
      ),
    ],
    hooks: { setCursor: [(u) => onHover(u.cursor.idx ?? null)] },
  };
}

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const dateUTC = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
const date = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });

/** The label of a tick at t seconds, on an axis of so many seconds. */
function tick(t: number, length: number): string {
  const d = new Date(t * 1000);
  const midnight = d.getHours() === 0 && d.getMinutes() === 0;
  return length > 4 * 86_400 || midnight ? date.format(d) : clock.format(d);
}
