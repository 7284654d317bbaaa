// rt.js: makes sure that it runs once, and starts, pauses and ends everything.

import { forgetTold, publish, tell } from "./api";
import { watchSecrets } from "./describe";
import { guard, later, on, silence } from "./listen";
import { isInScope, isSampled } from "./scope";
import { claim, close, open, sid } from "./session";
import { pause } from "./source";
import { sources } from "./sources";
import { life } from "./sources/life";
import { watchRoutes } from "./sources/navigation";
import { load, save } from "./storage";
import { data, siteKey } from "./tag";
import { forgetDescriptions } from "./targets";
import { adopt, begin, discard } from "./transport";

const ONCE = Symbol.for("gait.tracker");

// What the visitor said last in this tab, or else what holds while nothing was said.
let consented = (load("gaitConsent") || data("consent")) !== "required";
// A prerendered page has not been visited yet, and its tab still shows another.
let visited = !(document as { prerendering?: boolean }).prerendering;
let running = false; // there is a session
let collecting = false; // the sources have started

const announce = (): void => {
  dispatchEvent(new CustomEvent("roundtable:ready", { detail: { sessionId: sid } }));
};

// The gate's, where the operator wants it: the only cookie there is.
const setCookie = guard(() => {
  if (data("auto-block") !== "true") return;
  document.cookie = `rt_sid=${sid};Path=/;SameSite=Lax${location.protocol === "https:" ? ";Secure" : ""}${sid ? "" : ";Max-Age=0"}`;
});

// Collects where that is wanted. Reports whether that has just begun.
const collect = (): boolean => {
  const wanted = running && isInScope();
  const begins = wanted && !collecting;
  pause(!wanted);
  if (begins) {
    collecting = true;
    for (const source of sources) guard(source)();
  }
  tell();
  return begins;
};

const start = (): void => {
  running = true;
  const found = open();
  guard(life)();
  collect();
  adopt();
  claim(found, () => {
    if (!running) return;
    // A session that was taken anew may be out of the sample.
    if (!isSampled()) discard();
    collect();
    begin();
    setCookie();
    // The scripts after this one shall be able to listen, and the parser may pause
    // before it comes to them.
    if (document.readyState === "loading") on("DOMContentLoaded", announce);
    else later(0, announce);
  });
};

const end = (): void => {
  running = collecting = false;
  collect();
  silence();
  discard();
  close();
  forgetDescriptions();
  forgetTold();
  setCookie();
};

const update = guard(() => {
  if (running !== (visited && consented)) (running ? end : start)();
});

guard(() => {
  if (ONCE in window) return;
  (window as { [ONCE]?: boolean })[ONCE] = true;
  const callBack = publish((granted) => {
    consented = granted === true;
    save("gaitConsent", consented ? "given" : "required");
    if (siteKey) update();
  });
  if (!siteKey) {
    console.warn("gait: no data-site-key");
    return;
  }
  watchSecrets();
  watchRoutes(collect);
  on("prerenderingchange", () => {
    visited = true;
    update();
  });
  update();
  callBack();
})();
