// How far down the page was scrolled, over time: what was in sight, jumps, and the
// turns of the wheel that led there.

import type { JSX } from "preact";
import { useMemo, useRef } from "preact/hooks";
import { count, plural } from "../app/format";
import { Canvas, type Easel, inLots, type Sheet } from "./canvas";
import { after, pageAt, type Run } from "./data";
import { Figure, Key, type Table, useTip } from "./figure";
import { diamond, frameOf, line, scrollJumps, short, timeOf, xOf } from "./lanes";
import { clamp, useChanges, usePlayhead } from "./playhead";
import { clock, px, steps, timeSteps } from "./words";

export function ScrollPicture({ run }: { run: Run }): JSX.Element {
  const head = usePlayhead();
  const easel = useRef<Easel | null>(null);
  const [tip, tipBox] = useTip();
  const { scroll } = run;
  const deepest = useMemo(() => {
    let most = 0;
    for (let i = 0; i < scroll.n; i++) most = Math.max(most, scroll.y[i]! + (run.pages[scroll.p[i]!]?.h ?? 0));
    return Math.max(most, 1);
  }, [run]);
  useChanges(head, (c) => (c.view ? easel.current?.redraw() : easel.current?.refresh()));

  const frame = (w: number): ReturnType<typeof frameOf> => ({ ...frameOf(w, head.from, head.to), left: 52 });
  const bottom = (h: number): number => h - 30;
  const yOf = (v: number, h: number): number => 6 + (v / deepest) * (bottom(h) - 8);

  const drawing = function* ({ g, w, h, ink }: Sheet): Generator<void, void, void> {
    const f = frame(w);
    const end = bottom(h);
    g.textBaseline = "middle";
    g.textAlign = "right";
    for (const v of steps(0, deepest, 4)) {
      const y = Math.round(yOf(v, h)) + 0.5;
      g.strokeStyle = ink("--line");
      line(g, f.left, y, f.right, y);
      g.fillStyle = ink("--text-2");
      g.fillText(count(v), f.left - 6, y);
    }
    g.textAlign = "center";
    for (const t of timeSteps(f.from, f.to, Math.max((f.right - f.left) / 110, 2))) {
      const label = clock(t, f.to - f.from);
      const half = g.measureText(label).width / 2;
      g.fillText(label, clamp(xOf(f, t), f.left + half, w - 2 - half), h - 8);
    }
    yield;
    g.save();
    g.beginPath();
    g.rect(f.left, 0, f.right - f.left, end + 14);
    g.clip();
    // What was in sight and its top, column by column.
    const wide = Math.ceil(f.right - f.left);
    const edge = new Path2D();
    g.fillStyle = ink("--scroll-wash");
    let i = -1;
    let before = -1;
    for (let col = 0; col < wide; col++) {
      const t = timeOf(f, f.left + col);
      while (i + 1 < scroll.n && scroll.t[i + 1]! <= t) i++;
      const page = pageAt(run, t);
      const seen = run.pages[page]?.h ?? 0;
      const y = yOf(i >= 0 && scroll.p[i] === page ? scroll.y[i]! : 0, h);
      if (seen) g.fillRect(f.left + col, y, 1.2, (seen / deepest) * (end - 8));
      if (page === before) edge.lineTo(f.left + col, y);
      else edge.moveTo(f.left + col, y);
      before = page;
    }
    yield;
    g.strokeStyle = ink("--scroll");
    g.lineWidth = 1.75;
    g.stroke(edge);
    g.lineWidth = 1;
    g.fillStyle = ink("--text-2");
    g.strokeStyle = ink("--line-2");
    g.textAlign = "left";
    const opened = run.views.filter((v) => v.t > 0 && v.t >= f.from && v.t <= f.to);
    for (const v of opened.length > wide / 24 ? [] : opened) {
      const x = Math.round(xOf(f, v.t)) + 0.5;
      line(g, x, 0, x, end);
      g.fillText(short(g, v.path, xOf(f, v.end) - x - 8), x + 4, end - 7);
    }
    g.strokeStyle = ink("--jump");
    g.fillStyle = ink("--jump");
    yield* inLots(scrollJumps(scroll, f), (k) => {
      const x = xOf(f, scroll.t[k]!);
      g.setLineDash([4, 3]);
      line(g, x, yOf(k > 0 && scroll.p[k - 1] === scroll.p[k] ? scroll.y[k - 1]! : 0, h), x, yOf(scroll.y[k]!, h));
      g.setLineDash([]);
      diamond(g, x, yOf(scroll.y[k]!, h), 4.5);
    });
    g.fillStyle = ink("--scroll");
    let column = -1;
    for (let k = after(run.wheel, f.from); k < run.wheel.length && run.wheel[k]! <= f.to; k++) {
      const x = Math.round(xOf(f, run.wheel[k]!));
      if (x !== column) g.fillRect(x, end + 3, 1, 8);
      column = x;
    }
    g.restore();
  };
  const overlay = ({ g, w, h, ink }: Sheet): void => {
    if (head.at < head.from || head.at > head.to) return;
    const x = xOf(frame(w), head.at);
    g.strokeStyle = ink("--cobalt");
    g.lineWidth = 1.5;
    line(g, x, 0, x, bottom(h) + 12);
  };
  const at = (e: MouseEvent): { x: number; y: number; t: number } => {
    const r = (e.currentTarget as HTMLElement).getBoundingClientRect();
    const x = e.clientX - r.left;
    return { x, y: e.clientY - r.top, t: clamp(timeOf(frame(r.width), x), head.from, head.to) };
  };

  return (
    <Figure
      title="How far down, over time"
      class="picture-scroll"
      says={says(run, deepest)}
      empty={scroll.n === 0 && (run.wheel.length ? "The wheel was turned, but the page did not move." : "The page was not scrolled.")}
      table={() => tableOf(run)}
      legend={
        <>
          <Key ink="--scroll" shape="line">top of what is seen</Key>
          <Key ink="--scroll-wash" shape="wash">in sight</Key>
          {run.wheel.length > 0 && <Key ink="--scroll" shape="tick">turn of the wheel</Key>}
          {scroll.jump.includes(1) && <Key ink="--jump" shape="diamond">jump</Key>}
        </>
      }
    >
      <div
        class="time-plot"
        onPointerMove={(e) => {
          const { x, y, t } = at(e);
          const i = after(scroll.t, t, scroll.n) - 1;
          tip.show(x, y, [clock(t, head.span), i >= 0 ? `${count(Math.round(scroll.y[i]!))} px down` : "at the top"]);
        }}
        onPointerLeave={() => tip.hide()}
        onClick={(e) => head.seek(at(e).t)}
      >
        <Canvas drawing={drawing} overlay={overlay} easel={easel} deps={[run]} />
        {tipBox}
      </div>
    </Figure>
  );
}

function says(run: Run, deepest: number): string {
  const { scroll } = run;
  if (scroll.n === 0) return "Nothing was scrolled.";
  let jumps = 0;
  for (let i = 0; i < scroll.n; i++) if (scroll.jump[i]) jumps++;
  const moved = `${plural(scroll.n, "step")}, down to ${count(Math.round(deepest))} px, ${run.wheel.length ? `with ${plural(run.wheel.length, "turn")} of the wheel` : "without a wheel"}`;
  return jumps ? `${moved}. ${plural(jumps, "jump")} of most of a screen at once.` : `${moved}. No jumps.`;
}

function tableOf(run: Run): Table {
  const { scroll } = run;
  return {
    head: ["Time", "Position", "Step", "Jump"],
    n: scroll.n,
    row: (i) => {
      const before = i > 0 && scroll.p[i - 1] === scroll.p[i] ? scroll.y[i - 1]! : 0;
      return [clock(scroll.t[i]!, run.end), `${count(Math.round(scroll.y[i]!))} px`, px(scroll.y[i]! - before), scroll.jump[i] ? "yes" : "no"];
    },
    at: (i) => scroll.t[i]!,
  };
}
