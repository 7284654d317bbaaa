// The one moment that all pictures of a session show, and the span of time that
// they show around it. Pictures are told at most once a frame.

import { createContext } from "preact";
import { useContext, useEffect, useRef, useState } from "preact/hooks";

/** Who moved the playhead: the replay is not told of its own steps. */
export type Mover = "picture" | "evidence" | "replay" | "play";

export interface Change {
  at: boolean;
  view: boolean;
  mover: Mover;
}

export type Listener = (change: Change) => void;

/** The shortest span that can be looked at, in ms. */
const closest = 20;

export class Playhead {
  at = 0;
  from = 0;
  to = 1;
  end = 1;
  playing = false;
  /** Session's ms that go by in one of ours while playing. */
  pace = 1;

  private listeners = new Set<Listener>();
  private change: Change = { at: false, view: false, mover: "picture" };
  private frame = 0;
  private ticked = 0;

  /** Follows a session that grew: who looks at all of it goes on doing so. */
  extend(end: number): void {
    const whole = this.whole;
    this.end = Math.max(end, 1);
    if (whole) this.to = this.end;
    this.tell("view");
  }

  get whole(): boolean {
    return this.from <= 0 && this.to >= this.end;
  }

  get span(): number {
    return this.to - this.from;
  }

  subscribe(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Goes to a moment. The view follows where it lies outside. */
  seek(at: number, mover: Mover = "picture"): void {
    this.at = clamp(at, 0, this.end);
    this.tell("at", mover);
    if (this.at < this.from || this.at > this.to) {
      const span = this.span;
      this.view(this.at - span / 2, this.at + span / 2);
    }
  }

  /** Shows a span of time, kept inside of the session. */
  view(from: number, to: number): void {
    const span = clamp(to - from, Math.min(closest, this.end), this.end);
    this.from = clamp(from, 0, this.end - span);
    this.to = this.from + span;
    this.tell("view");
  }

  /** Makes the span so many times as long, with at staying where it is on screen. */
  zoom(by: number, at = this.at): void {
    const point = clamp(at, this.from, this.to);
    const span = clamp(this.span * by, Math.min(closest, this.end), this.end);
    const share = (point - this.from) / this.span;
    this.view(point - share * span, point + (1 - share) * span);
  }

  all(): void {
    this.view(0, this.end);
  }

  play(on: boolean): void {
    this.playing = on;
    this.ticked = 0;
    if (on && this.at >= this.end) this.at = 0;
    this.tell("at", "play");
  }

  private tell(what: "at" | "view", mover?: Mover): void {
    this.change[what] = true;
    if (mover) this.change.mover = mover;
    this.frame ||= requestAnimationFrame((now) => this.step(now));
  }

  private step(now: number): void {
    this.frame = 0;
    const change = this.change;
    this.change = { at: false, view: false, mover: "picture" };
    if (this.playing) {
      const next = this.at + (this.ticked ? Math.min(now - this.ticked, 100) * this.pace : 0);
      this.ticked = now;
      if (next >= this.end) this.playing = false;
      change.at = true;
      change.mover = "play";
      this.seek(next, "play");
    }
    for (const listener of this.listeners) listener(change);
  }
}

export const clamp = (v: number, low: number, high: number): number => Math.min(Math.max(v, low), Math.max(high, low));

const context = createContext(new Playhead());

export const PlayheadProvider = context.Provider;
export const usePlayhead = (): Playhead => useContext(context);

/** Calls back at changes, without rendering anything. */
export function useChanges(head: Playhead, listener: Listener): void {
  const latest = useRef(listener);
  latest.current = listener;
  useEffect(() => head.subscribe((c) => latest.current(c)), [head]);
}

/** Renders anew when what pick returns of the playhead is another one. */
export function usePicked<T>(pick: (head: Playhead) => T): T {
  const head = usePlayhead();
  const [value, set] = useState(() => pick(head));
  useChanges(head, () => {
    const now = pick(head);
    if (now !== value) set(() => now);
  });
  return value;
}
