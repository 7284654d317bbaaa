// Traits: what the browser says of itself. Observations only; the server judges.

import { functionText } from "../captured";
import { attempt } from "../listen";
import { fit } from "../redact";
import { emit } from "../source";
import { probeFree } from "../tag";
import { Bytes, VERSION } from "../wire";

const webdriverOf = (object: object) => Object.getOwnPropertyDescriptor(object, "webdriver");

const isNativeGetter = (getter: (() => unknown) | undefined): boolean => {
  if (!getter || !/^function (get )?webdriver\(\) \{\s*\[native code\]\s*\}$/.test(functionText.call(getter))) return false;
  // It throws on an object that is no navigator.
  return attempt(() => !!getter.call({}) && false, true);
};

// A browser that throws its first error reads the script again to tell where, so this
// is left to the probes where they run.
export const sayNative = (): void => {
  const found = webdriverOf(navigator) ?? webdriverOf(Navigator.prototype);
  if (found) say("webdriver.native", isNativeGetter(found.get));
};

let sent: Record<string, string> = {};

// Says what is new, each once.
export const say = (name: string, value: unknown): void => {
  const text = fit(String(value), Bytes.Trait);
  if (sent[name] === text) return;
  sent[name] = text;
  emit("a", null, name, text);
};

export const traits = (): void => {
  const { userAgent, languages, platform, maxTouchPoints } = navigator;
  const { width, height, colorDepth } = screen;
  const own = webdriverOf(navigator);
  sent = {};
  say("tracker", VERSION);
  // Every request says these anyway.
  say("ua", userAgent);
  say("lang", languages);
  say("webdriver", "webdriver" in navigator ? !!navigator.webdriver : "absent");
  say("webdriver.at", own ? "own" : webdriverOf(Navigator.prototype) ? "proto" : "none");
  if ((navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl) say("gpc", true);
  if (probeFree) return;
  say("platform", platform);
  say("touch", maxTouchPoints);
  say("screen", `${width}x${height}x${colorDepth}@${devicePixelRatio}`);
};
