// What the picture of the pointer's way is made of: the page with the boxes that were
// clicked, the way, jumps and clicks.

import { inLots, type Sheet } from "./canvas";
import type { Jump } from "../session/types";
import { after, type Click, rest, type Run } from "./data";
import { disc, faint, line, short } from "./lanes";
import type { View } from "./lens";
import { speedBin, speedInks } from "./speed";

export function ground({ g, ink }: Sheet, v: View, size: { w: number; h: number }, run: Run, page: number): void {
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
export function* drawWay({ g, ink }: Sheet, v: View, run: Run, page: number, from: number, to: number): Generator<void, void, void> {
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

export function* drawJumps({ g, ink }: Sheet, v: View, jumps: Jump[]): Generator<void, void, void> {
  g.strokeStyle = ink("--jump");
  g.fillStyle = ink("--jump");
  yield* inLots(jumps, (j) => {
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
  });
  g.globalAlpha = g.lineWidth = 1;
}

export function* drawClicks({ g, ink }: Sheet, v: View, clicks: Click[]): Generator<void, void, void> {
  yield* inLots(clicks, (c) => {
    if (c.x === 0 && c.y === 0 && c.pointer === "none") return;
    const x = v.left + c.x * v.scale;
    const y = v.top + c.y * v.scale;
    g.lineWidth = 2;
    g.strokeStyle = ink(c.trusted ? "--panel" : "--reject");
    g.fillStyle = ink(c.trusted ? "--text" : "--panel");
    disc(g, x, y, 4.5);
    g.stroke();
  });
  g.lineWidth = 1;
}
