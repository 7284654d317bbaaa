// probes.js: looks at the browser when the page is idle, and tells rt.js what it sees.
// It has no storage and no judgement of its own, and no network but to ask, at the end,
// whether the page is recorded: without the hand-over that rt.js leaves for it, it does
// nothing.

import { probes } from "./index";
import { fit, idle, type HandOver } from "./probe";
import { loadReplay } from "../replay/load";

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
  // One at a time: what a probe costs is the most that the page waits.
  const next = (): void => {
    const probe = left.shift();
    if (!probe) {
      tell("probes", "done");
      return loadReplay(who, script);
    }
    try {
      // Those that wait for the browser do so beside the others.
      Promise.resolve(probe(tell, context)).catch(() => {});
    } catch {
      // This browser cannot be asked that.
    }
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
