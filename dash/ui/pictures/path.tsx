// The pointer's way over a page: speed as colour, jumps dashed, clicks and the
// boxes that they hit.

import type { JSX } from "preact";
import { useMemo, useRef, useState } from "preact/hooks";
import { plural } from "../app/format";
import { Canvas, type Easel, type Sheet } from "./canvas";
import { after, type Click, pageAt, rest, type Run } from "./data";
import { Figure, Key, type Table, useTip } from "./figure";
import { disc, faint, line, short } from "./lanes";
import { useChanges, usePlayhead } from "./playhead";
import { speedBin, speedEdges, speedInks } from "./speed";
import { clock, px, some } from "./words";

/** How much of the way leads up to the playhead, in ms. */
const tail = 700;

interface View {
  scale: number;
  left: number;
  top: number;
}

export function PathPicture({ run }: { run: Run }): JSX.Element {
  const head = usePlayhead();
  const easel = useRef<Easel | null>(null);
  const [tip, tipBox] = useTip();
  const used = useMemo(() => pagesUsed(run), [run]);
  const [page, setPage] = useState(() => used[0] ?? 0);
  const shown = used.includes(page) ? page : (used[0] ?? 0);
  useChanges(head, (c) => {
    if (c.at) {
      const open = pageAt(run, head.at);
      if (open !== shown && used.includes(open)) setPage(open);
    }
    if (c.view) easel.current?.redraw();
    else easel.current?.refresh();
  });

  const size = sizeOf(run, shown);
  const viewOf = (w: number, h: number): View => {
    const scale = Math.min((w - 8) / size.w, (h - 8) / size.h);
    return { scale, left: (w - size.w * scale) / 2, top: (h - size.h * scale) / 2 };
  };

  const drawing = function* (s: Sheet): Generator<void, void, void> {
    const v = viewOf(s.w, s.h);
    const { from, to } = head;
    ground(s, v, size, run, shown);
    yield* drawWay(s, v, run, shown, from, to);
    drawJumps(s, v, run, shown, from, to);
    drawClicks(s, v, run.clicks.filter((c) => c.p === shown && c.t >= from && c.t <= to));
  };

  const overlay = (s: Sheet): void => {
    const { moves } = run;
    const i = after(moves.t, head.at + 0.01, moves.n) - 1;
    const v = viewOf(s.w, s.h);
    const { g, ink } = s;
    const c = [...run.clicks].reverse().find((k) => k.p === shown && k.t <= head.at && head.at - k.t < 250);
    if (c) {
      g.strokeStyle = ink("--cobalt");
      g.lineWidth = 2;
      g.beginPath();
      g.arc(v.left + c.x * v.scale, v.top + c.y * v.scale, 11, 0, 2 * Math.PI);
      g.stroke();
    }
    if (i < 0 || moves.p[i] !== shown) return;
    g.strokeStyle = ink("--cobalt");
    g.lineWidth = 4;
    g.globalAlpha = 0.35;
    g.beginPath();
    for (let k = Math.max(after(moves.t, head.at - tail, moves.n), 0), on = false; k <= i; k++, on = true) {
      const x = v.left + moves.x[k]! * v.scale;
      const y = v.top + moves.y[k]! * v.scale;
      if (on) g.lineTo(x, y);
      else g.moveTo(x, y);
    }
    g.stroke();
    g.globalAlpha = 1;
    g.lineWidth = 2;
    g.fillStyle = ink("--cobalt");
    disc(g, v.left + moves.x[i]! * v.scale, v.top + moves.y[i]! * v.scale, 5);
    g.strokeStyle = ink("--panel");
    g.stroke();
  };

  /** The move that is nearest to a place of the picture, -1 if none is near. */
  const find = (e: MouseEvent): { i: number; x: number; y: number; click: Click | undefined } => {
    const r = (e.currentTarget as HTMLElement).getBoundingClientRect();
    const x = e.clientX - r.left;
    const y = e.clientY - r.top;
    const v = viewOf(r.width, r.height);
    const { moves } = run;
    const px0 = (x - v.left) / v.scale;
    const py0 = (y - v.top) / v.scale;
    const reach = 14 / v.scale;
    const hit = run.clicks.find((c) => c.p === shown && c.t >= head.from && c.t <= head.to && Math.hypot(c.x - px0, c.y - py0) < reach / 2);
    let best = reach * reach;
    let at = -1;
    for (let i = after(moves.t, head.from, moves.n); i < moves.n && moves.t[i]! <= head.to; i++) {
      if (moves.p[i] !== shown) continue;
      const dx = moves.x[i]! - px0;
      const dy = moves.y[i]! - py0;
      const d = dx * dx + dy * dy;
      if (d < best) [best, at] = [d, i];
    }
    return { i: at, x, y, click: hit };
  };

  const moved = useMemo(() => measure(run), [run]);
  const nothing = run.moves.n === 0 && run.jumps.length === 0 && run.clicks.every((c) => c.pointer === "none");
  return (
    <Figure
      title="Where the pointer went"
      class="picture-path"
      says={says(run, moved)}
      empty={nothing && (run.clicks.length ? "No pointer moved: what was clicked was clicked without one." : "No pointer moved.")}
      table={() => tableOf(run)}
      tools={
        used.length > 1 && (
          <select
            class="picture-select"
            aria-label="Page of the path"
            value={shown}
            onChange={(e) => {
              const p = Number((e.currentTarget as HTMLSelectElement).value);
              setPage(p);
              const at = run.pages[p];
              if (at && (head.at < at.t || head.at > at.end)) head.seek(at.t);
            }}
          >
            {used.map((p) => (
              <option key={p} value={p}>
                {p + 1}. {run.pages[p]?.path ?? "page"}
              </option>
            ))}
          </select>
        )
      }
      legend={
        <>
          <span class="speed-ramp">
            <span>slow</span>
            {speedInks.map((ink, i) => (
              <i key={ink} style={{ "--ink": `var(${ink})` }} title={i === 0 ? `under ${speedEdges[0]} px/s` : `from ${speedEdges[i - 1]} px/s`} />
            ))}
            <span>fast</span>
            <span class="soft">{speedEdges.join(", ")} px/s</span>
          </span>
          {run.jumps.length > 0 && <Key ink="--jump" shape="dash">jump</Key>}
          {run.clicks.length > 0 && <Key ink="--text" shape="dot">click</Key>}
          {run.clicks.some((c) => !c.trusted) && <Key ink="--reject" shape="ring">click by a script</Key>}
        </>
      }
    >
      <div
        class="path-stage"
        style={{ aspectRatio: `${size.w} / ${Math.min(Math.max(size.h, size.w * 0.45), size.w * 1.5)}` }}
        onPointerMove={(e) => {
          if (e.pointerType === "touch") return;
          const { i, x, y, click } = find(e);
          if (click) tip.show(x, y, [`Click on ${click.target || "the page"}`, clock(click.t, head.span)]);
          else if (i >= 0) tip.show(x, y, [clock(run.moves.t[i]!, head.span), `${Math.round(run.moves.speed[i]!)} px/s`]);
          else tip.hide();
        }}
        onPointerLeave={() => tip.hide()}
        onClick={(e) => {
          const { i, click } = find(e);
          if (click) head.seek(click.t);
          else if (i >= 0) head.seek(run.moves.t[i]!);
        }}
      >
        <Canvas drawing={drawing} overlay={overlay} easel={easel} deps={[run, shown]} />
        {tipBox}
      </div>
    </Figure>
  );
}

function ground({ g, ink }: Sheet, v: View, size: { w: number; h: number }, run: Run, page: number): void {
  g.fillStyle = ink("--panel-2");
  g.strokeStyle = ink("--line");
  g.beginPath();
  g.rect(v.left, v.top, size.w * v.scale, size.h * v.scale);
  g.fill();
  g.stroke();
  // The boxes that were clicked, as landmarks.
  const seen = new Set<string>();
  const named: { x: number; y: number }[] = [];
  g.textAlign = "left";
  g.textBaseline = "alphabetic";
  for (const c of run.clicks) {
    if (c.p !== page || Number.isNaN(c.dx)) continue;
    const key = `${Math.round(c.x - c.off_x)},${Math.round(c.y - c.off_y)},${c.w},${c.h}`;
    if (seen.has(key) || seen.size > 200) continue;
    seen.add(key);
    const x = v.left + (c.x - c.off_x) * v.scale;
    const y = v.top + (c.y - c.off_y) * v.scale;
    g.fillStyle = ink("--panel");
    g.strokeStyle = ink("--line-2");
    g.beginPath();
    g.rect(x, y, c.w * v.scale, c.h * v.scale);
    g.fill();
    g.stroke();
    if (y - 4 < v.top + 8 || named.some((n) => Math.abs(n.x - x) < 90 && Math.abs(n.y - y) < 13)) continue;
    named.push({ x, y });
    g.fillStyle = ink("--text-2");
    g.fillText(short(g, c.target, Math.max(c.w * v.scale, 90)), x, y - 4);
  }
}

/** So many moves are drawn at a time, and from so many on with less care. */
const piece = 2000;
const dense = 12_000;

/**
 * One stroke for each colour and piece; points that fall on the one before are left
 * out. Nobody knows how fast a step after a rest was: it has no colour.
 */
function* drawWay({ g, ink }: Sheet, v: View, run: Run, page: number, from: number, to: number): Generator<void, void, void> {
  const { moves } = run;
  const jumped = new Set(run.jumps.map((j) => j.t));
  const first = after(moves.t, from, moves.n);
  const end = after(moves.t, to + 0.01, moves.n);
  const many = end - first > dense;
  const least = many ? 2.5 : 0.8;
  g.lineWidth = many ? 1.25 : 2;
  g.lineJoin = many ? "bevel" : "round";
  g.lineCap = many ? "butt" : "round";
  g.globalAlpha = many ? 0.6 : 0.9;
  let lx = NaN;
  let ly = NaN;
  for (let start = first; start < end; start += piece) {
    const paths = speedInks.map(() => new Path2D());
    const unknown = new Path2D();
    let bin = -1;
    for (let i = start; i < Math.min(start + piece, end); i++) {
      if (moves.p[i] !== page) {
        lx = NaN;
        continue;
      }
      const x = v.left + moves.x[i]! * v.scale;
      const y = v.top + moves.y[i]! * v.scale;
      if (Number.isNaN(lx) || jumped.has(moves.t[i]!)) {
        [lx, ly, bin] = [x, y, -1];
        continue;
      }
      if (Math.abs(x - lx) + Math.abs(y - ly) < least && i + 1 < end) continue;
      if (moves.t[i]! - moves.t[i - 1]! > rest) {
        unknown.moveTo(lx, ly);
        unknown.lineTo(x, y);
        [lx, ly, bin] = [x, y, -1];
        continue;
      }
      const b = speedBin(moves.speed[i]!);
      if (b !== bin) paths[b]!.moveTo(lx, ly);
      paths[b]!.lineTo(x, y);
      [lx, ly, bin] = [x, y, b];
    }
    g.strokeStyle = ink("--line-2");
    g.stroke(unknown);
    for (const [b, path] of paths.entries()) {
      g.strokeStyle = ink(speedInks[b]!);
      g.stroke(path);
    }
    yield;
  }
  g.globalAlpha = g.lineWidth = 1;
  g.lineJoin = g.lineCap = "round";
}

function drawJumps({ g, ink }: Sheet, v: View, run: Run, page: number, from: number, to: number): void {
  g.strokeStyle = ink("--jump");
  g.fillStyle = ink("--jump");
  for (const j of run.jumps) {
    if (j.p !== page || j.t < from || j.t > to) continue;
    const x1 = v.left + j.x1 * v.scale;
    const y1 = v.top + j.y1 * v.scale;
    g.lineWidth = 1.5;
    g.globalAlpha = j.press === false ? faint : 1;
    g.setLineDash([5, 4]);
    line(g, v.left + j.x0 * v.scale, v.top + j.y0 * v.scale, x1, y1);
    g.setLineDash([]);
    const turn = Math.atan2(j.y1 - j.y0, j.x1 - j.x0);
    g.beginPath();
    g.moveTo(x1 - 6 * Math.cos(turn), y1 - 6 * Math.sin(turn));
    g.lineTo(x1 - 14 * Math.cos(turn - 0.4), y1 - 14 * Math.sin(turn - 0.4));
    g.lineTo(x1 - 14 * Math.cos(turn + 0.4), y1 - 14 * Math.sin(turn + 0.4));
    g.fill();
  }
  g.globalAlpha = g.lineWidth = 1;
}

function drawClicks({ g, ink }: Sheet, v: View, clicks: Click[]): void {
  for (const c of clicks) {
    if (c.x === 0 && c.y === 0 && c.pointer === "none") continue;
    const x = v.left + c.x * v.scale;
    const y = v.top + c.y * v.scale;
    g.lineWidth = 2;
    g.strokeStyle = ink(c.trusted ? "--panel" : "--reject");
    g.fillStyle = ink(c.trusted ? "--text" : "--panel");
    disc(g, x, y, 4.5);
    g.stroke();
  }
  g.lineWidth = 1;
}

/** The pages on which a pointer was seen; all of them if there was none. */
function pagesUsed(run: Run): number[] {
  const used = new Set<number>();
  for (let i = 0; i < run.moves.n; i++) used.add(run.moves.p[i]!);
  for (const c of run.clicks) used.add(c.p);
  for (const j of run.jumps) used.add(j.p);
  return used.size ? [...used].sort((a, b) => a - b) : run.pages.map((_, i) => i);
}

/** The viewport, or what the pointer needed where that is unknown or was made larger. */
function sizeOf(run: Run, page: number): { w: number; h: number } {
  const p = run.pages[page];
  let w = p?.w || 320;
  let h = p?.h || 240;
  for (const c of run.clicks) if (c.p === page) [w, h] = [Math.max(w, c.x), Math.max(h, c.y)];
  const { moves } = run;
  for (let i = 0; i < moves.n; i++) {
    if (moves.p[i] !== page) continue;
    if (moves.x[i]! > w) w = moves.x[i]!;
    if (moves.y[i]! > h) h = moves.y[i]!;
  }
  return { w, h };
}

interface Measured {
  /** CSS px. */
  way: number;
  farthest: number;
}

function measure({ moves, jumps }: Run): Measured {
  let way = 0;
  for (let i = 1; i < moves.n; i++) if (moves.p[i] === moves.p[i - 1]) way += Math.hypot(moves.x[i]! - moves.x[i - 1]!, moves.y[i]! - moves.y[i - 1]!);
  let farthest = 0;
  for (const j of jumps) farthest = Math.max(farthest, Math.hypot(j.x1 - j.x0, j.y1 - j.y0));
  return { way, farthest };
}

function says(run: Run, { way, farthest }: Measured): string {
  const touched = run.clicks.filter((c) => c.pointer !== "none").length;
  if (run.moves.n + run.clicks.length === 0) return "The pointer was not used.";
  const touch = run.clicks.some((c) => c.pointer === "touch");
  if (run.moves.n === 0 && touch) return `Touched ${plural(touched, "time")}; a finger leaves no way between touches.`;
  const moved = run.moves.n
    ? `${Math.round(way).toLocaleString("en-GB")} px in ${plural(run.moves.n, "move")} and ${some(run.clicks.length, "click")}.`
    : `No move between ${plural(run.clicks.length, "click")}.`;
  if (!run.jumps.length) return run.moves.n ? `${moved} No jumps.` : moved;
  const pressed = run.jumps.filter((j) => j.press).length;
  const then = pressed ? `, and pressed there ${plural(pressed, "time")}` : "";
  return `${moved} ${plural(run.jumps.length, "time")} it was somewhere else at once, at most ${px(farthest)} away${then}.`;
}

function tableOf(run: Run): Table {
  const rows: { t: number; cells: string[] }[] = [];
  for (const c of run.clicks) rows.push({ t: c.t, cells: [c.click === false ? "Press" : "Click", c.target, `${c.x}, ${c.y}`] });
  for (const j of run.jumps) rows.push({ t: j.t, cells: [j.press ? "Jump to a press" : "Jump", px(Math.hypot(j.x1 - j.x0, j.y1 - j.y0)), `${j.x0}, ${j.y0} to ${j.x1}, ${j.y1}`] });
  const { moves } = run;
  for (let i = 0, first = 0; i <= moves.n; i++) {
    if (i === 0 || (i < moves.n && moves.p[i] === moves.p[i - 1] && moves.t[i]! - moves.t[i - 1]! <= rest)) continue;
    let way = 0;
    let top = 0;
    for (let k = first + 1; k < i; k++) {
      way += Math.hypot(moves.x[k]! - moves.x[k - 1]!, moves.y[k]! - moves.y[k - 1]!);
      top = Math.max(top, moves.speed[k]!);
    }
    if (i - first > 1) {
      const from = `${Math.round(moves.x[first]!)}, ${Math.round(moves.y[first]!)}`;
      rows.push({ t: moves.t[first]!, cells: ["Way", `${px(way)}, at most ${Math.round(top)} px/s`, `${from} to ${Math.round(moves.x[i - 1]!)}, ${Math.round(moves.y[i - 1]!)}`] });
    }
    first = i;
  }
  rows.sort((a, b) => a.t - b.t);
  return {
    head: ["Time", "What", "Detail", "Where"],
    n: rows.length,
    row: (i) => [clock(rows[i]!.t, run.end), ...rows[i]!.cells],
    at: (i) => rows[i]!.t,
  };
}

