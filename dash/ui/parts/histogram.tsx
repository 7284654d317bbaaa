// How many sessions have which score.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { count, plural } from "../app/format";
import type { Bands } from "../app/types";
import { bandName, bandOf, bands as order } from "./badge";

interface HistogramProps {
  scores: number[];
  bands: Bands;
  /** Drawn as an outline: what it would be, or was. */
  other?: { scores: number[]; name: string };
  onBand?: (min: number, max: number) => void;
  height?: number;
}

/** Square roots, so that ten sessions are seen beside ten thousand. */
const rise = (n: number, most: number): number => (most ? Math.sqrt(n / most) * 100 : 0);

export function ScoreHistogram({ scores, bands, other, onBand, height = 120 }: HistogramProps): JSX.Element {
  const [hover, setHover] = useState<number | null>(null);
  const most = Math.max(1, ...scores, ...(other?.scores ?? []));
  const limits = [0, bands.monitor, bands.review, bands.reject, 101];
  const total = (from: number, to: number): number => scores.slice(from, to).reduce((a, b) => a + b, 0);
  const point = (e: MouseEvent): void => {
    const r = (e.currentTarget as Element).getBoundingClientRect();
    setHover(Math.max(0, Math.min(100, Math.floor(((e.clientX - r.left) / r.width) * 101))));
  };
  return (
    <figure class="histogram">
      <div class="histogram-at soft num" aria-hidden="true">
        {hover === null ? (other ? "" : "Each bar is one score") : `Score ${hover}: ${plural(scores[hover] ?? 0, "session")}${other ? `, ${other.name} ${count(other.scores[hover] ?? 0)}` : ""}`}
      </div>
      <svg viewBox="0 0 101 100" preserveAspectRatio="none" height={height} role="img" aria-label={words(scores, limits)} onMouseMove={point} onMouseLeave={() => setHover(null)}>
        {scores.map((n, i) =>
          n ? <rect key={i} x={i + 0.1} width={0.8} y={100 - rise(n, most)} height={rise(n, most)} data-tone={bandOf(i, bands)} class={hover === i ? "at" : undefined} /> : null,
        )}
        {other ? <path class="histogram-other" d={outline(other.scores, most)} /> : null}
        {limits.slice(1, 4).map((x) => (
          <line key={x} class="histogram-limit" x1={x} x2={x} y1={0} y2={100} />
        ))}
      </svg>
      <div class="histogram-bands" style={{ gridTemplateColumns: order.map((_, i) => `${Math.max(0, (limits[i + 1] ?? 0) - (limits[i] ?? 0))}fr`).join(" ") }}>
        {order.map((b, i) => {
          const from = limits[i] ?? 0;
          const to = limits[i + 1] ?? 101;
          const text = (
            <>
              <span class="histogram-from num">{from}</span>
              <span class="histogram-name">{bandName[b]}</span>
              <span class="num histogram-n">{count(total(from, to))}</span>
            </>
          );
          return to <= from ? (
            <span key={b} />
          ) : onBand ? (
            <button key={b} type="button" data-tone={b} onClick={() => onBand(from, to - 1)}>
              {text}
            </button>
          ) : (
            <span key={b} data-tone={b} class="histogram-band">
              {text}
            </span>
          );
        })}
      </div>
    </figure>
  );
}

function outline(scores: number[], most: number): string {
  let d = "M0 100";
  scores.forEach((n, i) => (d += `V${(100 - rise(n, most)).toFixed(2)}H${i + 1}`));
  return d + "V100";
}

function words(scores: number[], limits: number[]): string {
  const parts = order.map((b, i) => `${bandName[b]} ${count(scores.slice(limits[i], limits[i + 1]).reduce((a, n) => a + n, 0))}`);
  return `Sessions by score: ${parts.join(", ")}`;
}
