// The pointer's way over a page: speed as colour, jumps dashed, clicks and the
// boxes that they hit.

import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { count, plural } from "../app/format";
import { Canvas, type Easel, type Sheet } from "./canvas";
import { after, type Click, pageAt, rest, type Run } from "./data";
import { Figure, Key, type Table, useTip } from "./figure";
import { Fingers, hold } from "./fingers";
import { Glyph } from "./glyph";
import { disc } from "./lanes";
import { Lens, type View } from "./lens";
import { drawClicks, drawJumps, drawWay, ground } from "./pathdrawing";
import { clamp, useChanges, usePlayhead } from "./playhead";
import { speedEdges, speedInks } from "./speed";
import { clock, px, some } from "./words";

/** How much of the way leads up to the playhead, in ms. */
const tail = 700;

/** How far a key moves what is drawn, as a share of the picture. */
const keyStep = 0.15;

/** A pointer that moved so far, in CSS px, drags. */
const dragFrom = 4;

export function PathPicture({ run }: { run: Run }): JSX.Element {
  const head = usePlayhead();
  const easel = useRef<Easel | null>(null);
  const stage = useRef<HTMLDivElement>(null);
  const lens = useMemo(() => new Lens(), []);
  const fingers = useMemo(() => new Fingers(), []);
  const drag = useRef<{ x: number; y: number; moved: boolean } | null>(null);
  const dragged = useRef(false);
  const [whole, setWhole] = useState(true);
  const [tip, tipBox] = useTip();
  const used = useMemo(() => pagesUsed(run), [run]);
  const [page, setPage] = useState(() => used[0] ?? 0);
  const shown = used.includes(page) ? page : (used[0] ?? 0);
  useChanges(head, (c) => {
    if (c.at) {
      const open = pageAt(run, head.at);
      if (open !== shown && used.includes(open)) setPage(open);
    }
    const followed = c.at && !lens.whole && follow();
    if (c.view || followed) easel.current?.redraw();
    else easel.current?.refresh();
  });

  const size = useMemo(() => sizeOf(run, shown), [run, shown]);
  const sheet = (): { w: number; h: number } => ({ w: easel.current?.width || 1, h: easel.current?.height || 1 });
  const viewOf = (w: number, h: number): View => lens.view(size, { w, h });
  const looked = (): void => {
    setWhole(lens.whole);
    tip.hide();
    easel.current?.redraw();
  };
  const zoom = (by: number, x = sheet().w / 2, y = sheet().h / 2): void => {
    lens.zoom(by, x, y, size, sheet());
    looked();
  };
  const pan = (dx: number, dy: number): void => {
    lens.pan(dx, dy, size, sheet());
    looked();
  };
  const all = (): void => {
    lens.all();
    looked();
  };
  /** What is looked at closely goes where the pointer is at the playhead. */
  const follow = (): boolean => {
    const i = after(run.moves.t, head.at + 0.01, run.moves.n) - 1;
    return i >= 0 && run.moves.p[i] === shown && lens.show(run.moves.x[i]!, run.moves.y[i]!, size, sheet());
  };
  useEffect(() => {
    if (!lens.whole) all();
  }, [shown]);

  const drawing = function* (s: Sheet): Generator<void, void, void> {
    const v = viewOf(s.w, s.h);
    const { from, to } = head;
    ground(s, v, size, run, shown);
    yield* drawWay(s, v, run, shown, from, to);
    const here = (e: { p: number; t: number }): boolean => e.p === shown && e.t >= from && e.t <= to;
    yield* drawJumps(s, v, run.jumps.filter(here));
    yield* drawClicks(s, v, run.clicks.filter(here));
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

  const place = (e: { clientX: number; clientY: number }): { x: number; y: number } => {
    const r = stage.current!.getBoundingClientRect();
    return { x: e.clientX - r.left, y: e.clientY - r.top };
  };
  const onDown = (e: PointerEvent): void => {
    fingers.down(e);
    dragged.current = fingers.many > 1;
    drag.current = e.button === 0 && fingers.many < 2 ? { x: e.clientX, y: e.clientY, moved: false } : null;
  };
  const onMove = (e: PointerEvent): void => {
    const pinch = fingers.move(e);
    if (pinch) {
      const { x, y } = place({ clientX: pinch.x, clientY: pinch.y });
      lens.pan(pinch.dx, pinch.dy, size, sheet());
      zoom(pinch.by, x, y);
      return;
    }
    const d = drag.current;
    if (d && !lens.whole && (d.moved || Math.hypot(e.clientX - d.x, e.clientY - d.y) > dragFrom)) {
      if (!d.moved && e.pointerType !== "touch") stage.current!.setPointerCapture(e.pointerId);
      pan(e.clientX - d.x, e.clientY - d.y);
      drag.current = { x: e.clientX, y: e.clientY, moved: true };
      return;
    }
    if (e.pointerType === "touch") return;
    const { i, x, y, click } = find(e);
    if (click) tip.show(x, y, [`Click on ${click.target || "the page"}`, clock(click.t, head.span)]);
    else if (i >= 0) tip.show(x, y, [clock(run.moves.t[i]!, head.span), `${Math.round(run.moves.speed[i]!)} px/s`]);
    else tip.hide();
  };
  const onUp = (e: PointerEvent): void => {
    fingers.up(e);
    dragged.current ||= drag.current?.moved ?? false;
    drag.current = null;
  };
  const onWheel = (e: WheelEvent): void => {
    if (!e.ctrlKey && !e.metaKey) return;
    e.preventDefault();
    const { x, y } = place(e);
    zoom(Math.exp(-clamp(e.deltaY, -120, 120) / 240), x, y);
  };
  const onKey = (e: KeyboardEvent): void => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const { w, h } = sheet();
    const act: Record<string, () => void> = { "+": () => zoom(1.5), "=": () => zoom(1.5), "-": () => zoom(1 / 1.5), "0": all };
    if (!lens.whole) {
      act["Escape"] = all;
      act["ArrowLeft"] = () => pan(w * keyStep, 0);
      act["ArrowRight"] = () => pan(-w * keyStep, 0);
      act["ArrowUp"] = () => pan(0, h * keyStep);
      act["ArrowDown"] = () => pan(0, -h * keyStep);
    }
    const found = act[e.key];
    if (!found) return;
    e.preventDefault();
    e.stopPropagation();
    found();
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
        <>
          {used.length > 1 && (
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
          )}
          <span class="time-tools picture-zoom" role="group" aria-label="How closely the path is looked at">
            <button type="button" class="time-tool" aria-label="The path smaller" disabled={whole} onClick={() => zoom(1 / 1.5)}>
              <Glyph name="out" />
            </button>
            <button type="button" class="time-tool" aria-label="The path larger" onClick={() => zoom(1.5)}>
              <Glyph name="in" />
            </button>
            <button type="button" class="time-tool wide" aria-label="All of the path" disabled={whole} onClick={all}>
              All
            </button>
          </span>
        </>
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
          <span class="picture-hint by-mouse">Ctrl and wheel or + to look closer, drag or arrow keys to move.</span>
          <span class="picture-hint by-touch">Two fingers look closer, one moves.</span>
        </>
      }
    >
      <div
        ref={stage}
        class="path-stage"
        role="group"
        tabIndex={0}
        aria-label="Path of the pointer: plus and minus look closer and at more, arrow keys move, 0 shows all"
        data-close={!whole || undefined}
        style={{ aspectRatio: `${size.w} / ${Math.min(Math.max(size.h, size.w * 0.45), size.w * 1.5)}` }}
        onPointerDown={onDown}
        onPointerMove={onMove}
        onPointerUp={onUp}
        onPointerCancel={onUp}
        onTouchStart={hold}
        onTouchMove={hold}
        onPointerLeave={() => tip.hide()}
        onWheel={onWheel}
        onDblClick={all}
        onKeyDown={onKey}
        onClick={(e) => {
          if (dragged.current) return;
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
    ? `${count(way)} px in ${plural(run.moves.n, "move")} and ${some(run.clicks.length, "click")}.`
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

