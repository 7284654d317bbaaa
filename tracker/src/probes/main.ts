// probes.js: looks at the browser when the page is idle, and tells rt.js what it sees.
// It has no storage and no judgement of its own, and no network but to ask whether the
// page is recorded: without the hand-over that rt.js leaves for it, it does
// nothing.

import { probes, unchanging } from "./index";
import { fit, idle, type HandOver } from "./probe";
import { prepareReplay } from "../replay/load";

// After so much of an idle time the other probes wait for the next one.
const SLICE_MS = 4;

const KEY = Symbol.for("gait.probes");
// How the operator asks for the position.
const GEO_TAG = "script[data-site-key][data-geolocation=true],script[data-key][data-geolocation=true]";

function take(): HandOver | undefined {
  const holder = window as unknown as Record<symbol, HandOver | undefined>;
  const given = holder[KEY];
  delete holder[KEY];
  return typeof given?.say === "function" ? given : undefined;
}

function start({ say, geo, originals, who, script }: HandOver): void {
  const tell = (name: string, value: string): void => say(name, fit(value) || "none");
  const context = {
    geo: geo === true || document.querySelector(GEO_TAG) !== null,
    functionText: originals?.functionText ?? Function.prototype.toString,
  };
  const left = [...probes];
  const record = prepareReplay(who, script);
  // A few at a time, and as many idle times as they need: what a slice and its last probe
  // cost is the most that the page waits.
  const next = (): void => {
    const began = performance.now();
    do {
      const probe = left.shift();
      if (!probe) {
        tell("probes", "done");
        return;
      }
      if (probe === unchanging) record();
      try {
        // Those that wait for the browser do so beside the others.
        Promise.resolve(probe(tell, context)).catch(() => {});
      } catch {
        // This browser cannot be asked that.
      }
    } while (performance.now() - began < SLICE_MS);
    idle(next);
  };
  idle(next);
}

try {
  const given = take();
  if (given) start(given);
} catch {
  // A page that forbids even this is left alone.
}
