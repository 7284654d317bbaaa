// rt.js: reads its own script tag, makes sure that it runs once, and starts.

import { applyAttributes, publish } from "./api";
import { attribute } from "./captured";
import { watchSecrets } from "./describe";
import { guard, later, on } from "./listen";
import { claim, open, sid } from "./session";
import { context, emit } from "./source";
import { sources } from "./sources";
import { adopt, begin, configure } from "./transport";

const ONCE = Symbol.for("gait.tracker");

// Only while the script runs for the first time; a module and an injected script
// have none.
const script = document.currentScript ?? document.querySelector("script[data-site-key]");

// Beside the script where nothing else is said; an inline script has no address.
function endpointOf(tag: Element): string {
  const home = new URL(attribute(tag, "src"), document.baseURI);
  return new URL(attribute(tag, "data-endpoint") || "/", home).href.replace(/\/+$/, "");
}

function announce(): void {
  window.dispatchEvent(new CustomEvent("roundtable:ready", { detail: { sessionId: sid } }));
}

function start(tag: Element, found: boolean): void {
  watchSecrets();
  for (const source of sources) guard(source)(emit, context);
  applyAttributes(attribute(tag, "data-user-id"), attribute(tag, "data-tags"));
  adopt();
  claim(found, () => {
    begin();
    // The scripts after this one shall be able to listen, and the parser may pause
    // before it comes to them.
    if (document.readyState === "loading") on("DOMContentLoaded" as keyof WindowEventMap, announce);
    else later(0, announce);
  });
}

guard(() => {
  if (ONCE in window) return;
  Object.defineProperty(window, ONCE, { value: true });
  const found = open();
  publish();
  const siteKey = script ? attribute(script, "data-site-key") : "";
  if (!script || !siteKey) {
    console.warn("gait: no data-site-key");
    return;
  }
  configure(siteKey, endpointOf(script));
  const run = guard(() => start(script, found));
  // A prerendered page has not been visited yet, and its tab still shows another.
  if ((document as { prerendering?: boolean }).prerendering) {
    document.addEventListener("prerenderingchange", run, { once: true });
  } else {
    run();
  }
})();
