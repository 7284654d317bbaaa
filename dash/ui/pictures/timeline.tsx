// The timeline of all kinds of input, on which one moves through the session.

import type { JSX } from "preact";
import { useMemo, useRef } from "preact/hooks";
import { duration, plural } from "../app/format";
import { Canvas, type Easel, type Sheet } from "./canvas";
import { after, isCharacter, isErase, nearest, type Run } from "./data";
import { Figure, Key, type Table, useTip } from "./figure";
import { Fingers, hold } from "./fingers";
import { drawLanes, type Frame, frameOf, type Lane, lanesOf, line, timeOf, xOf } from "./lanes";
import { clamp, useChanges, usePlayhead } from "./playhead";
import { clock, join, px, some } from "./words";

interface Props {
  run: Run;
  /** What a check is called. */
  title: (check: string) => string;
  isFact: (check: string) => boolean;
}

export function Timeline({ run, title, isFact }: Props): JSX.Element {
  const head = usePlayhead();
  const easel = useRef<Easel | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const [tip, tipBox] = useTip();
  const { lanes, height } = useMemo(() => lanesOf(run), [run]);
  const kinds = useMemo(() => [...new Set(run.keys.kind)], [run]);
  const drag = useRef<{ x: number; now: number; pan: boolean } | null>(null);
  const hover = useRef(NaN);
  const fingers = useMemo(() => new Fingers(), []);
  const frame = (): Frame => frameOf(easel.current?.width ?? 1, head.from, head.to);

  useChanges(head, (c) => {
    if (c.view) easel.current?.redraw();
    else easel.current?.refresh();
    const el = box.current;
    if (el && c.at && c.mover !== "play") {
      el.setAttribute("aria-valuenow", String(Math.round(head.at)));
      el.setAttribute("aria-valuetext", `${clock(head.at, head.span)} of ${clock(run.end)}. ${about(run, head.at, head.span / 100, title)}`);
    }
  });

  const overlay = (s: Sheet): void => {
    const f = frame();
    const bottom = height - 28;
    const { g, ink } = s;
    const d = drag.current;
    if (d && !d.pan && Math.abs(d.now - d.x) > 4) {
      g.fillStyle = ink("--cobalt");
      g.globalAlpha = 0.16;
      g.fillRect(Math.min(d.x, d.now), 0, Math.abs(d.now - d.x), bottom);
      g.globalAlpha = 1;
    } else if (!Number.isNaN(hover.current)) {
      g.strokeStyle = ink("--edge");
      g.setLineDash([2, 3]);
      line(g, hover.current, 0, hover.current, bottom);
      g.setLineDash([]);
    }
    if (head.at < head.from || head.at > head.to) return;
    const x = xOf(f, head.at);
    g.strokeStyle = ink("--cobalt");
    g.lineWidth = 1.5;
    line(g, x, 0, x, bottom);
    g.fillStyle = ink("--cobalt");
    g.beginPath();
    g.moveTo(x - 5, 0);
    g.lineTo(x + 5, 0);
    g.lineTo(x, 7);
    g.fill();
    g.lineWidth = 1;
  };

  const place = (e: PointerEvent | MouseEvent): { x: number; y: number } => {
    const r = box.current!.getBoundingClientRect();
    return { x: e.clientX - r.left, y: e.clientY - r.top };
  };

  const onDown = (e: PointerEvent): void => {
    fingers.down(e);
    drag.current = null;
    if (e.button !== 0 || fingers.many > 1) return;
    const f = frame();
    const x = clamp(place(e).x, f.left, f.right);
    drag.current = { x, now: x, pan: e.pointerType === "touch" && !head.whole };
    if (e.pointerType !== "touch") box.current!.setPointerCapture(e.pointerId);
  };
  const onMove = (e: PointerEvent): void => {
    const pinch = fingers.move(e);
    const f = frame();
    if (pinch) {
      const by = (pinch.dx / (f.right - f.left)) * head.span;
      const at = clamp(pinch.x - box.current!.getBoundingClientRect().left, f.left, f.right);
      head.view(head.from - by, head.to - by);
      head.zoom(1 / pinch.by, timeOf(frame(), at));
      return;
    }
    const { x, y } = place(e);
    const inside = clamp(x, f.left, f.right);
    hover.current = inside;
    if (drag.current?.pan) {
      const by = ((inside - drag.current.now) / (f.right - f.left)) * head.span;
      head.view(head.from - by, head.to - by);
    }
    if (drag.current) drag.current.now = inside;
    easel.current?.refresh();
    if (e.pointerType === "touch") return;
    const t = timeOf(f, inside);
    const reach = ((f.to - f.from) / (f.right - f.left)) * 4;
    tip.show(x, y, [clock(t, head.span), ...details(run, lanes, y, t, reach, title)]);
  };
  const onUp = (e: PointerEvent): void => {
    fingers.up(e);
    const d = drag.current;
    drag.current = null;
    if (!d) return;
    const f = frame();
    const x = clamp(place(e).x, f.left, f.right);
    if (Math.abs(x - d.x) > 4) {
      if (!d.pan) head.view(timeOf(f, Math.min(x, d.x)), timeOf(f, Math.max(x, d.x)));
    } else {
      const t = timeOf(f, x);
      head.seek(snap(run, lanes, place(e).y, t, ((f.to - f.from) / (f.right - f.left)) * 6));
    }
    easel.current?.refresh();
  };
  const onWheel = (e: WheelEvent): void => {
    const f = frame();
    if (e.ctrlKey || e.metaKey) {
      e.preventDefault();
      head.zoom(Math.exp(clamp(e.deltaY, -120, 120) / 240), timeOf(f, clamp(place(e).x, f.left, f.right)));
    } else if (Math.abs(e.deltaX) > Math.abs(e.deltaY) || e.shiftKey) {
      e.preventDefault();
      const by = ((e.deltaX || e.deltaY) / (f.right - f.left)) * head.span;
      head.view(head.from + by, head.to + by);
    }
  };
  const onKey = (e: KeyboardEvent): void => {
    const small = head.span / (e.shiftKey ? 10 : 100);
    const act: Record<string, () => void> = {
      ArrowLeft: () => head.seek(head.at - small),
      ArrowRight: () => head.seek(head.at + small),
      PageUp: () => head.seek(head.at - head.span / 4),
      PageDown: () => head.seek(head.at + head.span / 4),
      Home: () => head.seek(0),
      End: () => head.seek(head.end),
      "+": () => head.zoom(0.5),
      "=": () => head.zoom(0.5),
      "-": () => head.zoom(2),
      "0": () => head.all(),
      Escape: () => head.all(),
      " ": () => head.play(!head.playing),
    };
    const found = act[e.key];
    if (!found || e.ctrlKey || e.metaKey || e.altKey) return;
    e.preventDefault();
    e.stopPropagation();
    found();
  };

  return (
    <Figure
      title="Everything, over time"
      says={says(run)}
      table={() => tableOf(run, title)}
      class="picture-timeline"
      legend={
        <>
          {run.moments.length > 0 && <Key ink="--reject" shape="diamond">evidence</Key>}
          {(run.jumps.length > 0 || run.scroll.jump.includes(1)) && <Key ink="--jump" shape="dash">jump</Key>}
          {kinds.some(isCharacter) && <Key ink="--key">character key</Key>}
          {kinds.some(isErase) && <Key ink="--erase">backspace, delete</Key>}
          {kinds.some((k) => !isCharacter(k) && !isErase(k)) && <Key ink="--text-2">other key</Key>}
          {run.pastes.length > 0 && <Key ink="--jump" shape="bar">paste</Key>}
          {run.clicks.some((c) => !c.trusted) && <Key ink="--reject" shape="ring">click by a script</Key>}
          {run.spans.length > 0 && <Key ink="--text-2" shape="wash">tab hidden; thinner: window left, pointer outside</Key>}
          <span class="picture-hint by-mouse">Drag, Ctrl and wheel or + to look closer, Shift and wheel to move, arrow keys to step.</span>
          <span class="picture-hint by-touch">Two fingers look closer, one moves.</span>
        </>
      }
    >
      <div
        ref={box}
        class="lanes"
        style={{ height: `${height}px` }}
        role="slider"
        tabIndex={0}
        aria-label="Moment of the session"
        aria-valuemin={0}
        aria-valuemax={Math.round(run.end)}
        aria-valuenow={0}
        onPointerDown={onDown}
        onPointerMove={onMove}
        onPointerUp={onUp}
        onPointerCancel={(e) => {
          fingers.up(e);
          drag.current = null;
        }}
        onTouchStart={hold}
        onTouchMove={hold}
        onPointerLeave={() => {
          hover.current = NaN;
          tip.hide();
          easel.current?.refresh();
        }}
        onDblClick={() => head.all()}
        onWheel={onWheel}
        onKeyDown={onKey}
      >
        <Canvas drawing={drawLanes(() => ({ run, lanes, from: head.from, to: head.to, isFact }))} overlay={overlay} easel={easel} deps={[run, lanes]} />
        {tipBox}
      </div>
    </Figure>
  );
}

function says(run: Run): string {
  const parts = [
    some(run.moves.n, "pointer move"),
    some(run.clicks.length, "click"),
    some(run.keys.n, "key"),
    some(run.pastes.length, "paste"),
  ].filter((p) => p !== "no paste");
  const away = run.spans.filter((s) => s.kind === "hidden").reduce((sum, s) => sum + s.to - s.from, 0);
  const left = away > 0 ? ` The tab was out of sight for ${duration(away)}.` : "";
  const cut = run.cut ? " There is too much of it to show all: moves in the middle are thinned." : "";
  return `${duration(run.end)} with ${join(parts)}.${left}${cut}`;
}

/** What happened within reach of t, in words. */
export function about(run: Run, t: number, reach: number, title: (check: string) => string): string {
  const near = (e: { t: number }): boolean => Math.abs(e.t - t) <= reach;
  const parts: string[] = [];
  const page = [...run.views].reverse().find((v) => v.t <= t + reach);
  if (page) parts.push(page.path);
  const marks = run.moments.filter(near);
  for (const name of new Set(marks.map((m) => title(m.check)))) parts.push(`evidence: ${name}`);
  const clicked = run.clicks.find(near);
  if (clicked) parts.push(`click on ${clicked.target || "the page"}`);
  if (run.pastes.some(near)) parts.push("paste");
  if (run.submits.some(near)) parts.push("form sent");
  const jump = run.jumps.find(near);
  if (jump) parts.push(`jump of the pointer by ${px(Math.hypot(jump.x1 - jump.x0, jump.y1 - jump.y0))}`);
  const keys = after(run.keys.t, t + reach, run.keys.n) - after(run.keys.t, t - reach, run.keys.n);
  if (keys) parts.push(plural(keys, "key"));
  return parts.slice(0, 5).join(", ");
}

/** The lines of the tip over a lane. */
function details(run: Run, lanes: Lane[], y: number, t: number, reach: number, title: (check: string) => string): string[] {
  const lane = lanes.find((l) => y >= l.y - 3 && y <= l.y + l.h + 2)?.name;
  const near = (e: { t: number }): boolean => Math.abs(e.t - t) <= reach * 1.5;
  switch (lane) {
    case "evidence":
      return run.moments.filter(near).map((m) => `${title(m.check)}, ${m.which === "first" ? "first" : "strongest"} evidence`);
    case "pages":
      return run.views.filter((v) => v.t <= t && v.end >= t).map((v) => v.path);
    case "pointer": {
      const i = nearest(run.moves.t, t, run.moves.n);
      if (i < 0 || Math.abs(run.moves.t[i]! - t) > Math.max(reach, 60)) return run.jumps.filter(near).map(() => "jump");
      return [`${Math.round(run.moves.speed[i]!)} px/s at ${Math.round(run.moves.x[i]!)}, ${Math.round(run.moves.y[i]!)}`];
    }
    case "clicks":
      return run.clicks.filter(near).slice(0, 3).map((c) => `${c.trusted ? "click" : "click by a script"} on ${c.target || "the page"}`);
    case "keys": {
      const n = after(run.keys.t, t + reach, run.keys.n) - after(run.keys.t, t - reach, run.keys.n);
      return n ? [plural(n, "key")] : [];
    }
    case "text":
      return [
        ...run.pastes.filter(near).map((p) => `pasted ${plural(p.n, "character")} into ${run.fields[p.field] ?? "a field"}`),
        ...(run.submits.some(near) ? ["form sent"] : []),
        ...run.inputs.filter(near).slice(0, 2).map((e) => `${e.how} in ${run.fields[e.field] ?? "a field"}`),
      ];
    case "scroll": {
      const i = after(run.scroll.t, t, run.scroll.n) - 1;
      return i >= 0 ? [`${Math.round(run.scroll.y[i]!)} px down`] : [];
    }
    case "focus":
      return run.spans.filter((s) => s.from <= t && s.to >= t).map((s) => ({ hidden: "tab hidden", blurred: "window left", outside: "pointer outside of the page" })[s.kind]);
    default:
      return [];
  }
}

/** The moment of what was clicked, or the one clicked at where nothing is near. */
function snap(run: Run, lanes: Lane[], y: number, t: number, reach: number): number {
  const lane = lanes.find((l) => y >= l.y - 3 && y <= l.y + l.h + 2)?.name;
  const events: { t: number }[] = { evidence: run.moments, clicks: run.clicks, text: [...run.pastes, ...run.submits] }[lane as string] ?? [];
  let best = t;
  let off = reach;
  for (const e of events) {
    if (Math.abs(e.t - t) < off) [best, off] = [e.t, Math.abs(e.t - t)];
  }
  return best;
}

/** Everything but single moves, keys and steps of scrolling, which come as stretches. */
function tableOf(run: Run, title: (check: string) => string): Table {
  const rows: { t: number; what: string; detail: string }[] = [];
  const add = (t: number, what: string, detail = ""): void => void rows.push({ t, what, detail });
  for (const m of run.moments) add(m.t, "Evidence", `${title(m.check)}, ${m.which === "first" ? "first" : "strongest"}`);
  for (const v of run.views) add(v.t, "Page", v.path);
  for (const c of run.clicks) add(c.t, c.trusted ? "Click" : "Click by a script", c.target);
  for (const j of run.jumps) add(j.t, "Jump of the pointer", px(Math.hypot(j.x1 - j.x0, j.y1 - j.y0)));
  for (const p of run.pastes) add(p.t, "Paste", `${plural(p.n, "character")} into ${run.fields[p.field] ?? "a field"}`);
  for (const c of run.copies) add(c.t, "Copy");
  for (const s of run.submits) add(s.t, "Form sent");
  for (const s of run.spans) add(s.from, { hidden: "Tab hidden", blurred: "Window left", outside: "Pointer outside" }[s.kind], `for ${duration(s.to - s.from)}`);
  stretches(run.moves.t, run.moves.n, (t, n, to) => add(t, "Pointer moves", `${plural(n, "move")} in ${duration(to - t)}`));
  stretches(run.keys.t, run.keys.n, (t, n, to) => add(t, "Keys", `${plural(n, "key")} in ${duration(to - t)}`));
  stretches(run.scroll.t, run.scroll.n, (t, n, to) => add(t, "Scrolling", `${plural(n, "step")} in ${duration(to - t)}`));
  rows.sort((a, b) => a.t - b.t);
  return {
    head: ["Time", "What", "Detail"],
    n: rows.length,
    row: (i) => [clock(rows[i]!.t, run.end), rows[i]!.what, rows[i]!.detail],
    at: (i) => rows[i]!.t,
  };
}

/** A stretch ends where nothing follows for a second. */
function stretches(times: ArrayLike<number>, n: number, found: (t: number, n: number, to: number) => void): void {
  let first = 0;
  for (let i = 1; i <= n; i++) {
    if (i < n && times[i]! - times[i - 1]! < 1000) continue;
    if (n > 0) found(times[first]!, i - first, times[i - 1]!);
    first = i;
  }
}
