// Probes: a file of its own that is loaded when the page is idle, and what it is
// given: a way to say traits, and originals of what the page may have replaced.

import { functionText } from "../captured";
import { guard, later } from "../listen";
import { paused } from "../source";
import { endpoint, nonce, probeFree } from "../tag";
import { say, sayNative } from "./traits";

const enum Ms {
  Settled = 200, // the session is ours by then
  Idle = 2_000,
}

const HANDOVER = Symbol.for("gait.probes");

interface Given extends Window {
  [HANDOVER]?: { say: (name: string, value: unknown) => void; originals: object };
  trustedTypes?: { createPolicy: (name: string, rules: object) => { createScriptURL: (url: string) => string } };
}

let loaded = false;

const load = (): void => {
  if (paused || loaded) return;
  loaded = true;
  const given: Given = window;
  given[HANDOVER] = {
    say: (name, value) => /^[a-z\d._-]{1,32}$/.test(name) && say(name, value),
    originals: { functionText },
  };
  const blocked = (): void => {
    delete given[HANDOVER];
    say("probes", "blocked");
    // Else the probes say these: the first use of Intl takes longer than all of the start.
    sayNative();
    if (matchMedia("(prefers-reduced-motion:reduce)").matches) say("motion", "reduce");
    say("tz", Intl.DateTimeFormat().resolvedOptions().timeZone);
  };
  try {
    const script = document.createElement("script");
    const url = endpoint + "/v1/probes.js";
    script.onerror = guard(blocked);
    script.nonce = nonce;
    script.src = given.trustedTypes?.createPolicy("gait", { createScriptURL: () => url }).createScriptURL("") ?? url;
    document.head.append(script);
  } catch {
    blocked();
  }
};

export const probes = (): void => {
  const { requestIdleCallback = (run: () => void) => later(Ms.Idle, run) } = window;
  later(Ms.Settled, () => requestIdleCallback(guard(probeFree ? sayNative : load)));
};
