// One page's replay on the stage.

import { Replayer } from "@rrweb/replay";
import type { eventWithTime } from "@rrweb/types";

const enum Type {
  Incremental = 3,
}

const enum Source {
  Mutation = 0,
  MouseInteraction = 2,
  Input = 5,
}

const CLICK = 2;

// What stands for pictures and blocked parts.
const BOXES = [
  ".gait-box { background: repeating-linear-gradient(135deg, #c9cdd2 0 6px, #dcdfe3 6px 12px) !important; }",
  "gait-frame.gait-box, span.gait-box, a.gait-box, b.gait-box, em.gait-box, strong.gait-box { display: inline-block; }",
];

// How long nothing may happen before that is a pause to skip, in ms.
const PAUSE = 3_000;

export interface Mark {
  at: number; // ms from the start
  kind: "click" | "input";
}

// In which nobody does anything, ms from the start.
export interface Pause {
  from: number;
  to: number;
}

export class Player {
  readonly total: number; // ms
  readonly marks: Mark[];
  readonly pauses: Pause[];
  playing = false;
  skipping = false; // goes through a pause faster

  private readonly replayer: Replayer;
  private readonly first: number; // the page's clock, Unix ms
  private readonly fitting: ResizeObserver;

  constructor(
    private readonly stage: HTMLElement,
    events: eventWithTime[],
    private readonly offset: number,
    finished: () => void,
  ) {
    this.first = events[0]!.timestamp;
    this.total = Math.max(1, events[events.length - 1]!.timestamp - this.first);
    this.marks = marksOf(events, this.first);
    this.pauses = pausesOf(events, this.first, this.total);
    this.replayer = new Replayer(events, {
      root: stage,
      mouseTail: { strokeStyle: "#2b50d8", lineWidth: 2, duration: 400, lineCap: "round" },
      insertStyleRules: BOXES,
      inactivePeriodThreshold: PAUSE,
      maxSpeed: 64,
      triggerFocus: false,
      showWarning: false,
    });
    this.replayer.iframe.title = "The page as it was";
    this.replayer.on("resize", () => this.fit());
    this.replayer.on("skip-start", () => (this.skipping = true));
    this.replayer.on("skip-end", () => (this.skipping = false));
    this.replayer.on("finish", () => {
      this.playing = this.skipping = false;
      finished();
    });
    this.fitting = new ResizeObserver(() => this.fit());
    this.fitting.observe(stage);
  }

  // As large as the stage has room for, and no larger than it was.
  private fit(): void {
    const { wrapper, iframe } = this.replayer;
    const width = Number(iframe.getAttribute("width")) || 1;
    const height = Number(iframe.getAttribute("height")) || 1;
    const { clientWidth, clientHeight } = this.stage;
    const scale = Math.min(1, clientWidth / width, clientHeight / height);
    wrapper.style.transform = `translate(${Math.max(0, (clientWidth - width * scale) / 2)}px, ${Math.max(0, (clientHeight - height * scale) / 2)}px) scale(${scale})`;
  }

  // Where it is, ms from the start.
  get now(): number {
    return Math.min(this.total, Math.max(0, this.replayer.getCurrentTime()));
  }

  // The server's clock at a moment of the replay, Unix ms, and back.
  clock(ms: number): number {
    return this.first + ms + this.offset;
  }

  since(at: number): number {
    return at - this.offset - this.first;
  }

  play(): void {
    this.playing = true;
    const from = this.now;
    this.replayer.play(from >= this.total - 1 ? 0 : from);
  }

  pause(): void {
    this.playing = this.skipping = false;
    this.replayer.pause();
  }

  seek(ms: number): void {
    const to = Math.min(this.total, Math.max(0, ms));
    this.skipping = false;
    if (this.playing) this.replayer.play(to);
    else this.replayer.pause(to);
  }

  set(speed: number, skip: boolean): void {
    this.replayer.setConfig({ speed, skipInactive: skip });
  }

  close(): void {
    this.fitting.disconnect();
    this.replayer.destroy();
  }
}

const marksOf = (events: eventWithTime[], first: number): Mark[] => {
  const marks: Mark[] = [];
  for (const { type, data, timestamp } of events) {
    if ((type as number) !== Type.Incremental) continue;
    const { source, type: kind } = data as { source: number; type?: number };
    if (source === Source.MouseInteraction && kind === CLICK) marks.push({ at: timestamp - first, kind: "click" });
    if (source === Source.Input) marks.push({ at: timestamp - first, kind: "input" });
  }
  return marks;
};

// As the player sees it: moves, clicks, scrolling, sizes and input are something.
const pausesOf = (events: eventWithTime[], first: number, total: number): Pause[] => {
  const pauses: Pause[] = [];
  let last = 0;
  const until = (at: number): void => {
    if (at - last > PAUSE) pauses.push({ from: last, to: at });
    last = Math.max(last, at);
  };
  for (const { type, data, timestamp } of events) {
    if ((type as number) !== Type.Incremental) continue;
    const { source } = data as { source: number };
    if (source > Source.Mutation && source <= Source.Input) until(timestamp - first);
  }
  until(total);
  return pauses;
};
