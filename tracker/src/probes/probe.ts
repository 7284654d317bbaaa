// What a probe is given, and what several of them need.

import type { Who } from "../replay/load";

// What rt.js leaves under Symbol.for("gait.probes").
export interface HandOver {
  say: Say;
  // The operator wants the position, where the page may have it already.
  geo?: boolean;
  // Functions that the page may have replaced since.
  originals?: { functionText?: () => string };
  // For replay: who this is, and a way to load a file of the server's.
  who?: Who;
  script?: (path: string) => HTMLScriptElement;
}

// Tells an observation: a name of [a-z0-9._-], and a value of at most 512 bytes.
export type Say = (name: string, value: string) => void;

export interface Context {
  geo: boolean;
  functionText: () => string;
}

// A probe observes. It may throw, or reject: that is nobody's concern.
export type Probe = (say: Say, context: Context) => void | Promise<void>;

const MOST_BYTES = 512;
const encoder = new TextEncoder();

// Without control characters, in as many whole characters as have room.
export function fit(text: string): string {
  const clean = [...text.slice(0, MOST_BYTES)].map((c) => (c < " " || (c >= "\u007f" && c < "\u00a0") ? " " : c));
  while (encoder.encode(clean.join("")).length > MOST_BYTES) clean.pop();
  return clean.join("");
}

// Safari has no idle callbacks.
export function idle(run: () => void): void {
  if (window.requestIdleCallback) window.requestIdleCallback(run, { timeout: 2_000 });
  else setTimeout(run, 50);
}

export const read = (run: () => unknown): string => {
  try {
    return String(run());
  } catch {
    return "throws";
  }
};

export type Realm = Window & typeof globalThis;

// Runs with the window of a new, empty frame, which nobody has had time to change.
// It is never shown and never laid out, and gone before the page gets to run.
export function inFreshFrame<T>(run: (realm: Realm) => T): T {
  const frame = document.createElement("iframe");
  frame.hidden = true;
  document.documentElement.append(frame);
  try {
    return run(frame.contentWindow as Realm);
  } finally {
    frame.remove();
  }
}
