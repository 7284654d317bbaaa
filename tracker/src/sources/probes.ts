// Probes: a file of its own that is loaded when the page is idle, and what it is
// given: a way to say traits, originals of what the page may have replaced, and what
// replay needs, which it loads in its turn.

import { functionText } from "../captured";
import { guard, later } from "../listen";
import { page, secret, sid } from "../session";
import { paused } from "../source";
import { endpoint, probeFree, script as tag } from "../tag";
import { say, sayNative } from "./traits";

const enum Ms {
  Settled = 200, // the session is ours by then
  Idle = 2_000,
}

const HANDOVER = Symbol.for("gait.probes");

interface Given extends Window {
  [HANDOVER]?: { say: (name: string, value: unknown) => void; originals: object; script: typeof addScript; who: () => unknown };
  trustedTypes?: { createPolicy: (name: string, rules: typeof urls) => typeof urls };
}

let loaded = false;
let urls = { createScriptURL: (path: string) => endpoint + path };

// Loads a file of the server's.
const addScript = (path: string): HTMLScriptElement => {
  const script = document.createElement("script");
  script.nonce = tag.nonce;
  script.src = urls.createScriptURL(path);
  return document.head.appendChild(script);
};

const load = (): void => {
  if (paused || loaded) return;
  loaded = true;
  const given: Given = window;
  given[HANDOVER] = {
    say: (name, value) => /^[a-z\d._-]{1,32}$/.test(name) && say(name, value),
    originals: { functionText },
    script: addScript,
    who: () => [paused, sid, secret, page, endpoint, tag],
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
    urls = given.trustedTypes?.createPolicy("gait", urls) ?? urls;
    addScript("/v1/probes.js").onerror = guard(blocked);
  } catch {
    blocked();
  }
};

export const probes = (): void => {
  const { requestIdleCallback = (run: () => void) => later(Ms.Idle, run) } = window;
  later(Ms.Settled, () => requestIdleCallback(guard(probeFree ? sayNative : load)));
};
