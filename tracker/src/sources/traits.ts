// Traits: what the browser says of itself. Observations only; the server judges.

import { functionText } from "../captured";
import { later } from "../listen";
import { fit } from "../redact";
import type { Source } from "../source";
import { Bytes, VERSION } from "../wire";

const AUTOMATION =
  /^(_+(playwright|pw|puppeteer|nightmare|webdriver|selenium|driver_|fxdriver|phantom|lastWatir)|call(ed)?(Phantom|Selenium)|domAutomation|\$?cdc_|\$chrome_async|@(webdriver|selenium|driver))/i;
const MOST_GLOBALS = 20;
const LATER_MS = 3_000;

// Of the window, the document and, as attributes, the root element.
function globals(): string {
  const attributes = document.documentElement.getAttributeNames().map((name) => "@" + name);
  return [window, document]
    .flatMap((object) => Object.getOwnPropertyNames(object))
    .concat(attributes)
    .filter((name) => AUTOMATION.test(name))
    .slice(0, MOST_GLOBALS)
    .join();
}

function webdriver(): [at: string, native: boolean] {
  const own = Object.getOwnPropertyDescriptor(navigator, "webdriver");
  const found = own ?? Object.getOwnPropertyDescriptor(Navigator.prototype, "webdriver");
  return [own ? "own" : found ? "proto" : "none", isNativeGetter(found?.get)];
}

function isNativeGetter(getter: (() => unknown) | undefined): boolean {
  if (!getter || !/^function (get )?webdriver\(\) \{\s*\[native code\]\s*\}$/.test(functionText.call(getter))) return false;
  try {
    getter.call({});
    return false;
  } catch (error) {
    return error instanceof TypeError; // not on an object that is no navigator
  }
}

export const traits: Source = (emit) => {
  const sent: Record<string, string> = {};

  function say(name: string, value: string): void {
    if (sent[name] === value) return;
    sent[name] = value;
    emit("a", null, name, fit(value, Bytes.Trait));
  }

  const { width, height, colorDepth } = screen;
  const [at, native] = webdriver();
  say("tracker", VERSION);
  say("tz", Intl.DateTimeFormat().resolvedOptions().timeZone ?? "");
  say("ua", navigator.userAgent);
  say("platform", navigator.platform);
  say("lang", (navigator.languages ?? [navigator.language]).join());
  say("touch", String(navigator.maxTouchPoints ?? 0));
  say("screen", `${width}x${height}x${colorDepth}@${devicePixelRatio}`);
  say("webdriver", "webdriver" in navigator ? String(!!navigator.webdriver) : "absent");
  say("webdriver.at", at);
  if (at !== "none") say("webdriver.native", String(native));

  // Tools add theirs after the page has started.
  function look(): void {
    const found = globals();
    if (found) say("globals", found);
  }
  look();
  later(LATER_MS, look);
};
