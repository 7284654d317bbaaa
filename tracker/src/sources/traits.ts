// Traits: what the browser says of itself. Observations only; the server judges.

import { functionText } from "../captured";
import { attempt, later } from "../listen";
import { fit } from "../redact";
import { emit } from "../source";
import { probeFree } from "../tag";
import { Bytes, VERSION } from "../wire";

const AUTOMATION =
  /^(_+(playwright|pw|puppeteer|nightmare|webdriver|selenium|driver_|fxdriver|phantom|lastWatir)|call(ed)?(Phantom|Selenium)|domAutomation|\$?cdc_|\$chrome_async)/i;
const enum Globals {
  Most = 20,
  LaterMs = 3_000,
}

const sayGlobals = (): void => {
  const found = [window, document]
    .flatMap((object) => Object.getOwnPropertyNames(object))
    .filter((name) => AUTOMATION.test(name))
    .slice(0, Globals.Most)
    .join();
  if (found) say("globals", found);
};

const webdriverOf = (object: object) => Object.getOwnPropertyDescriptor(object, "webdriver");

const isNativeGetter = (getter: (() => unknown) | undefined): boolean => {
  if (!getter || !/^function (get )?webdriver\(\) \{\s*\[native code\]\s*\}$/.test(functionText.call(getter))) return false;
  // It throws on an object that is no navigator.
  return attempt(() => !!getter.call({}) && false, true);
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
  const found = own ?? webdriverOf(Navigator.prototype);
  sent = {};
  say("tracker", VERSION);
  // Every request says these anyway.
  say("ua", userAgent);
  say("lang", languages);
  say("webdriver", "webdriver" in navigator ? !!navigator.webdriver : "absent");
  say("webdriver.at", own ? "own" : found ? "proto" : "none");
  if (found) say("webdriver.native", isNativeGetter(found.get));
  if ((navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl) say("gpc", true);
  if (probeFree) return;
  say("platform", platform);
  say("touch", maxTouchPoints);
  say("screen", `${width}x${height}x${colorDepth}@${devicePixelRatio}`);
  if (matchMedia("(prefers-reduced-motion:reduce)").matches) say("motion", "reduce");
  // Tools add theirs after the page has started.
  sayGlobals();
  later(Globals.LaterMs, sayGlobals);
};
