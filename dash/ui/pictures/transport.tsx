// The bar that stays in sight above the pictures: where in the session one is, and
// how to get elsewhere.

import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { useKeys } from "../app/shortcuts";
import { announce } from "../parts/toast";
import { Canvas, type Easel, type Sheet } from "./canvas";
import type { Mark, Run } from "./data";
import { Glyph } from "./glyph";
import { diamond, disc } from "./lanes";
import { about } from "./timeline";
import { clamp, useChanges, usePicked, usePlayhead } from "./playhead";
import { clock } from "./words";

interface Props {
  run: Run;
  title: (check: string) => string;
  isFact: (check: string) => boolean;
  /** The replay has controls of its own for playing. */
  playable: boolean;
}

export function Transport({ run, title, isFact, playable }: Props): JSX.Element {
  const head = usePlayhead();
  const playing = usePicked((h) => h.playing);
  const whole = usePicked((h) => h.whole);
  const now = useRef<HTMLSpanElement>(null);
  useChanges(head, () => {
    const text = clock(head.at, 1000 + head.span);
    if (now.current && now.current.textContent !== text) now.current.textContent = text;
  });

  const jump = (by: 1 | -1): void => {
    // Moments that cannot be told apart in the picture count as one.
    const m = nextMark(run.moments, head.at, by, Math.max(head.span / 400, 0.5));
    if (!m) return;
    head.seek(m.t, "evidence");
    announce(`${clock(m.t)}: ${title(m.check)}`);
  };
  const bar = useRef<HTMLDivElement>(null);
  const byKey = (by: 1 | -1): void => {
    const { top, bottom } = bar.current!.getBoundingClientRect();
    if (top < 0 || bottom > innerHeight) bar.current!.parentElement?.scrollIntoView({ block: "start" });
    jump(by);
  };
  useKeys({ e: () => byKey(1), E: () => byKey(-1) });

  return (
    <div ref={bar} class="transport" role="toolbar" aria-label="Moving through the session">
      {playable && (
        <button type="button" class="time-tool" aria-label={playing ? "Pause" : "Play the pictures"} onClick={() => head.play(!head.playing)}>
          <Glyph name={playing ? "pause" : "play"} />
        </button>
      )}
      {playable && <Pace />}
      <span class="transport-time num">
        <span ref={now}>{clock(head.at, 1000 + head.span)}</span> <span class="soft">/ {clock(run.end, run.end)}</span>
      </span>
      <Strip run={run} isFact={isFact} />
      <span class="time-tools">
        <button type="button" class="time-tool" aria-label="Evidence before" disabled={run.moments.length === 0} onClick={() => jump(-1)}>
          <Glyph name="before" />
        </button>
        <button type="button" class="time-tool" aria-label="Next evidence" disabled={run.moments.length === 0} onClick={() => jump(1)}>
          <Glyph name="next" />
        </button>
      </span>
      <span class="time-tools">
        <button type="button" class="time-tool" aria-label="Look at more" disabled={whole} onClick={() => head.zoom(2)}>
          <Glyph name="out" />
        </button>
        <button type="button" class="time-tool" aria-label="Look closer" onClick={() => head.zoom(0.5)}>
          <Glyph name="in" />
        </button>
        <button type="button" class="time-tool wide" disabled={whole} onClick={() => head.all()}>
          All
        </button>
      </span>
      <Told run={run} title={title} />
    </div>
  );
}

function nextMark(marks: Mark[], at: number, by: 1 | -1, near: number): Mark | undefined {
  if (by > 0) return marks.find((m) => m.t > at + near) ?? marks[0];
  for (let i = marks.length - 1; i >= 0; i--) if (marks[i]!.t < at - near) return marks[i];
  return marks[marks.length - 1];
}

/** What the playhead stands on, in words. */
function Told({ run, title }: { run: Run; title: (check: string) => string }): JSX.Element {
  const text = usePicked((head) => about(run, head.at, Math.max(head.span / 250, 1), title));
  return <span class="transport-told">{text || "Nothing at this very moment."}</span>;
}

const paces = [1, 2, 4, 8, 16];

function Pace(): JSX.Element {
  const head = usePlayhead();
  const pace = usePicked((h) => h.pace);
  return (
    <button
      type="button"
      class="time-tool wide num time-pace"
      aria-label={`Pace: ${pace} times`}
      onClick={() => {
        head.pace = paces[(paces.indexOf(head.pace) + 1) % paces.length]!;
        head.seek(head.at);
      }}
    >
      {pace}×
    </button>
  );
}

/** All of the session in one line: how much happened when, and what of it is in view. */
function Strip({ run, isFact }: { run: Run; isFact: (check: string) => boolean }): JSX.Element {
  const head = usePlayhead();
  const easel = useRef<Easel | null>(null);
  const drag = useRef<{ x: number; from: number; part: "left" | "right" | "window" | "seek" } | null>(null);
  useChanges(head, () => easel.current?.refresh());

  const xOf = (t: number, w: number): number => 4 + (t / run.end) * (w - 8);
  const timeOf = (x: number, w: number): number => clamp(((x - 4) / (w - 8)) * run.end, 0, run.end);

  const drawing = function* ({ g, w, h, ink }: Sheet): Generator<void, void, void> {
    const cols = Math.max(Math.floor((w - 8) / 2), 1);
    const counts = new Float32Array(cols);
    const count = (t: number): void => {
      const i = Math.min(Math.floor((t / run.end) * cols), cols - 1);
      counts[i]!++;
    };
    for (let i = 0; i < run.moves.n; i++) count(run.moves.t[i]!);
    yield;
    for (let i = 0; i < run.keys.n; i++) count(run.keys.t[i]!);
    for (let i = 0; i < run.scroll.n; i++) count(run.scroll.t[i]!);
    for (const e of run.clicks) count(e.t);
    for (const e of run.inputs) count(e.t);
    let most = 1;
    for (const c of counts) most = Math.max(most, Math.log1p(c));
    g.fillStyle = ink("--line-2");
    for (let i = 0; i < cols; i++) {
      if (!counts[i]) continue;
      const tall = Math.max((Math.log1p(counts[i]!) / most) * (h - 10), 2);
      g.fillRect(4 + i * 2, h - 2 - tall, 1.5, tall);
    }
    for (const m of run.moments) {
      g.fillStyle = ink(isFact(m.check) ? "--monitor" : "--reject");
      if (isFact(m.check)) disc(g, xOf(m.t, w), 5, 3);
      else diamond(g, xOf(m.t, w), 5, 4);
    }
  };

  const overlay = ({ g, w, h, ink }: Sheet): void => {
    if (!head.whole) {
      const x0 = xOf(head.from, w);
      const x1 = Math.max(xOf(head.to, w), x0 + 4);
      g.fillStyle = ink("--panel");
      g.globalAlpha = 0.7;
      g.fillRect(0, 0, x0, h);
      g.fillRect(x1, 0, w - x1, h);
      g.globalAlpha = 1;
      g.strokeStyle = ink("--cobalt");
      g.strokeRect(x0, 0.5, x1 - x0, h - 1);
      g.fillStyle = ink("--cobalt");
      g.fillRect(x0 - 1.5, h / 2 - 6, 3, 12);
      g.fillRect(x1 - 1.5, h / 2 - 6, 3, 12);
    }
    g.fillStyle = ink("--cobalt");
    g.fillRect(xOf(head.at, w) - 1, 0, 2, h);
  };

  const onDown = (e: PointerEvent): void => {
    if (e.button !== 0) return;
    const el = e.currentTarget as HTMLElement;
    const x = e.clientX - el.getBoundingClientRect().left;
    const w = easel.current?.width ?? 1;
    const part = head.whole
      ? "seek"
      : Math.abs(x - xOf(head.from, w)) < 7
        ? "left"
        : Math.abs(x - xOf(head.to, w)) < 7
          ? "right"
          : x > xOf(head.from, w) && x < xOf(head.to, w)
            ? "window"
            : "seek";
    drag.current = { x, from: head.from, part };
    el.setPointerCapture(e.pointerId);
    if (part === "seek") head.seek(timeOf(x, w));
  };
  const onMove = (e: PointerEvent): void => {
    const d = drag.current;
    if (!d) return;
    const x = e.clientX - (e.currentTarget as HTMLElement).getBoundingClientRect().left;
    const w = easel.current?.width ?? 1;
    const t = timeOf(x, w);
    if (d.part === "seek") head.seek(t);
    else if (d.part === "left") head.view(Math.min(t, head.to - 20), head.to);
    else if (d.part === "right") head.view(head.from, Math.max(t, head.from + 20));
    else {
      const span = head.span;
      const from = clamp(d.from + ((x - d.x) / (w - 8)) * run.end, 0, run.end - span);
      head.view(from, from + span);
    }
  };
  const onUp = (e: PointerEvent): void => {
    const d = drag.current;
    drag.current = null;
    const el = e.currentTarget as HTMLElement;
    const x = e.clientX - el.getBoundingClientRect().left;
    if (d?.part === "window" && Math.abs(x - d.x) < 3) head.seek(timeOf(x, easel.current?.width ?? 1));
  };

  return (
    <div class="time-strip" aria-hidden="true" onPointerDown={onDown} onPointerMove={onMove} onPointerUp={onUp} onPointerCancel={() => (drag.current = null)}>
      <Canvas drawing={drawing} overlay={overlay} easel={easel} deps={[run]} />
    </div>
  );
}
