// The functions that a page calls. None of them ever throws.

import { now } from "./clock";
import { guard } from "./listen";
import { fit } from "./redact";
import { sid } from "./session";
import { emit, paused } from "./source";
import { data } from "./tag";
import { Bytes } from "./wire";

interface Functions {
  identify: (who: unknown) => void;
  log: (text: unknown) => void;
}

declare global {
  interface Window {
    getRoundtableSessionId?: () => string;
    setRoundtableUserId?: (uid: unknown) => void;
    setRoundtableTags?: (tags: unknown) => void;
    gaitConsent?: (granted: unknown) => void;
    // Before the script has loaded, a list of calls: [name, ...arguments].
    gait?: Functions | [keyof Functions, unknown][];
  }
}

// What the page has said of its user and itself, and what the server was told of it:
// by the event's letter and, where it has one, its code. Said before anything may be
// collected, it is told then.
const said: Record<string, string> = {};
let told: Record<string, string> = {};

export const tell = (): void => {
  if (paused) return;
  for (const key in said) {
    if (said[key] === (told[key] ?? "")) continue;
    told[key] = said[key]!;
    emit(key[0]!, null, ...(key[1] ? [+key[1]] : []), told[key]!);
  }
};

// A new session knows nothing yet.
export const forgetTold = (): void => {
  told = {};
};

const say = (key: string, text: unknown, bytes: number): void => {
  const fitting = typeof text === "string" || typeof text === "number" ? fit(String(text), bytes).trim() : "";
  if (fitting) said[key] = fitting;
  tell();
};

const setUser = guard((uid: unknown) => say("U", uid, Bytes.User));

// Takes a list of strings, or one string with commas. A tag that does not fit is
// left out, not cut.
const setTags = guard((list: unknown) => {
  if (![list].flat().every((tag) => typeof tag === "string")) return;
  let joined = "";
  for (const tag of new Set(String(list).split(",").map((tag) => fit(tag, Bytes.Tags).trim()))) {
    const longer = (joined && joined + ",") + tag;
    if (tag && fit(longer, Bytes.Tags) === longer) joined = longer;
  }
  said.T = joined;
  tell();
});

const identify = guard(((who: Record<string, unknown>) => {
  setUser(who.id);
  say("I0", who.name, Bytes.Identity);
  say("I1", who.url, Bytes.Identity);
}) as (who: unknown) => void);

// Entries for the action log: so many at once, and then one a second.
const enum Most {
  Logs = 20,
}
let logs: number = Most.Logs;
let loggedAt = 0;

export const log = guard((text: unknown) => {
  logs = Math.min(Most.Logs, logs + (now() - loggedAt) / 1_000);
  loggedAt = now();
  if (logs < 1 || !text || typeof text !== "string") return;
  logs--;
  emit("g", null, fit(text, Bytes.Log));
});

// Calls made before the script had loaded are made up for by what is returned.
export const publish = (gaitConsent: (granted: unknown) => void): () => void => {
  const functions: Functions = { identify, log };
  const calls = window.gait;
  Object.assign(window, { getRoundtableSessionId: () => sid, setRoundtableUserId: setUser, setRoundtableTags: setTags, gaitConsent, gait: functions });
  setUser(data("user-id"));
  setTags(data("tags"));
  return () => {
    if (Array.isArray(calls)) for (const [name, what] of calls) functions[name]?.(what);
  };
};
