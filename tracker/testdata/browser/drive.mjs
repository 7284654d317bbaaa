// Plays scenarios in Chromium for tracker_browser_test.go. Reads the names of
// scenarios from standard input, a line each, and answers each with a line of JSON:
// {"result":…} or {"error":"…"}. What arrived at the server is the Go test's to check.

import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const base = process.argv[2];
const port = new URL(base).port;
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  // The back/forward cache is a scenario.
  ignoreDefaultArgs: ["--disable-back-forward-cache"],
  args: ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run", "--host-resolver-rules=MAP gait.test 127.0.0.1"],
});

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// Everything a scenario needs to know of its site, which is named after it.
function siteOf(name) {
  const control = async (what, query = "") => {
    const response = await fetch(`${base}/control/${what}?site=pub-${name}${query}`);
    if (!response.ok) throw new Error(`control ${what}: ${response.status}`);
    return response.json();
  };
  return {
    url: (path, query = "") => `${base}/${name}/${path}${query}`,
    mode: (mode) => control("mode", `&mode=${mode}`),
    state: () => control("state"),
    // Waits until what arrived meets a condition.
    async until(condition, what) {
      let state;
      for (const end = Date.now() + 8000; Date.now() < end; await pause(30)) {
        state = await control("state");
        if (condition(state)) return state;
      }
      throw new Error(`not within 8 s: ${what}; at the end: ${JSON.stringify(state)}`);
    },
    letter(letter, count = 1) {
      return this.until((state) => state.letters.split(letter).length > count, `${count} × ${letter}`);
    },
  };
}

const sessionID = (page) => page.evaluate(() => window.getRoundtableSessionId());
const click = (page, selector) => page.click(selector);

const watchViolations = (page) =>
  page.evaluate(() => {
    window.violations = [];
    document.addEventListener("securitypolicyviolation", (event) => window.violations.push(`${event.violatedDirective} ${event.blockedURI}`));
  });

const scenarios = {
  async flow({ page, site }) {
    await page.goto(site.url("form", "?q=querymarker#hashmarker"));
    await page.waitForFunction(() => window.readyIDs.length > 0);
    const early = await page.evaluate(() => ({ atOnce: window.idAtOnce, ready: window.readyIDs }));
    await page.mouse.move(100, 100);
    for (let i = 0; i < 10; i++) {
      await page.mouse.move(100 + i * 10, 100 + i * 3);
      await pause(15);
    }
    await click(page, "#name");
    await page.keyboard.type("Abc 12.", { delay: 10 });
    await page.keyboard.press("Backspace");
    await page.keyboard.press("Control+A");
    await page.fill("#notes", "filled at once");
    await page.evaluate(() => navigator.clipboard.writeText("sixteen letters."));
    await page.focus("#notes");
    await page.keyboard.press("Control+V");
    await page.selectOption("#choice", "two");
    await page.check("#agree");
    await page.mouse.wheel(0, 300);
    await pause(300);
    await page.evaluate(() => document.querySelector("#plain").click());
    await page.focus("#plain");
    await page.keyboard.press("Enter");
    await click(page, "#shadow-host >> #inside");
    await page.evaluate(() => {
      window.setRoundtableUserId("user-1");
      window.setRoundtableUserId({ not: "a string" });
      window.setRoundtableTags(["one", "two, three", "one"]);
      window.setRoundtableTags(7);
    });
    await click(page, "#send");
    await site.letter("S");
    await site.letter("T", 2);
    await site.until((state) => state.traits.includes("timer"), "the timer trait");
    return { ...early, id: await sessionID(page) };
  },

  async secrets({ page, site }) {
    await page.goto(site.url("secrets/jane.doe@example.org/4111111111111111", "?token=marker-query"));
    for (const id of ["password", "code", "card", "shown", "named", "opaque"]) {
      if (id === "shown") await page.evaluate(() => document.querySelector("#shown").setAttribute("type", "text"));
      await click(page, `#${id}`);
      await page.keyboard.type("qzjx7", { delay: 5 });
      await page.keyboard.press("Backspace");
    }
    await page.evaluate(() => navigator.clipboard.writeText("qzjx7"));
    await page.focus("#password");
    await page.keyboard.press("Control+V");
    await click(page, "#masked");
    await click(page, "#mail");
    await click(page, "#editing");
    await click(page, "#send");
    await site.letter("S");
  },

  async outage({ page, site }) {
    await site.mode("503");
    await page.goto(site.url("form"));
    await site.until((state) => state.refused >= 2, "two refusals");
    for (let i = 0; i < 5; i++) await page.evaluate((i) => window.setRoundtableUserId(`during-${i}`), i);
    await pause(300);
    await site.mode("reset");
    await site.until((state) => state.resets >= 1, "a broken connection");
    await page.evaluate(() => window.setRoundtableUserId("after-reset"));
    await site.mode("nonsense");
    await site.until((state) => state.nonsense >= 1, "an answer that is not ours");
    await site.mode("up");
    await page.evaluate(() => window.setRoundtableUserId("up-again"));
    await site.until((state) => state.users.includes("up-again"), "the last user id");
  },

  async leaving({ page, site }) {
    await site.mode("503");
    await page.goto(site.url("form"));
    const id = await sessionID(page);
    await site.until((state) => state.refused >= 1, "a refusal");
    await page.evaluate(() => window.setRoundtableUserId("first-document"));
    await page.goto(site.url("second"));
    await page.goto(site.url("third"));
    const saved = await page.evaluate(() => sessionStorage.getItem("gaitQueue")?.length ?? 0);
    await site.mode("up");
    await page.evaluate(() => window.setRoundtableUserId("third-document"));
    await site.until((state) => state.users.includes("third-document") && state.users.includes("first-document"), "both documents");
    await pause(100);
    return { id, saved, same: id === (await sessionID(page)), left: await page.evaluate(() => sessionStorage.getItem("gaitQueue")) };
  },

  async corrupt({ page, site }) {
    await page.goto(site.url("form"));
    await site.letter("o");
    for (const queue of ["{", "[1]", '{"site":"pub-corrupt","batches":[null,7,{"events":1},{"events":"[[]]","seq":"x"}]}', '{"site":"pub-other","batches":[{"events":"[]"}]}']) {
      await page.goto("about:blank");
      await page.goto(site.url("blank"));
      await page.evaluate((value) => sessionStorage.setItem("gaitQueue", value), queue);
      const before = (await site.state()).letters.split("o").length;
      await page.goto(site.url("form"));
      await site.letter("o", before);
    }
    return await page.evaluate(() => sessionStorage.getItem("gaitQueue"));
  },

  async refused({ page, site }) {
    await site.mode("403");
    await page.goto(site.url("form"));
    await site.until((state) => state.refused >= 1, "a refusal");
    await pause(100);
    await click(page, "#plain");
    await page.evaluate(() => window.setRoundtableUserId("nobody"));
    await pause(1500);
    return { requests: (await site.state()).requests, id: await sessionID(page) };
  },

  async dropped({ page, site }) {
    await page.goto(site.url("form"));
    await site.letter("o");
    await site.mode("400");
    await click(page, "#plain");
    await site.until((state) => state.refused >= 1, "a refusal");
    await site.mode("up");
    await click(page, "#plain");
    await site.letter("c");
  },

  async nostorage({ page, site }) {
    await page.addInitScript(() => {
      for (const name of ["sessionStorage", "localStorage"]) {
        Object.defineProperty(window, name, {
          get() {
            throw new DOMException("denied", "SecurityError");
          },
        });
      }
    });
    await page.goto(site.url("form"));
    await click(page, "#plain");
    await site.letter("c");
    return await sessionID(page);
  },

  async bare({ page, site }) {
    await page.emulateMedia({ reducedMotion: "reduce" });
    // What older browsers lack, and what makes no secure context.
    await page.addInitScript(() => {
      for (const name of ["CompressionStream", "BroadcastChannel", "navigation", "requestIdleCallback"]) {
        Object.defineProperty(window, name, { value: undefined, writable: true });
      }
      delete PointerEvent.prototype.getCoalescedEvents;
      // A policy that does not allow ours.
      window.trustedTypes.createPolicy = () => {
        throw new TypeError("not allowed");
      };
    });
    await page.goto(site.url("form"));
    await click(page, "#plain");
    await page.evaluate(() => {
      history.pushState({ a: 1 }, "", "routed");
      if (history.state.a !== 1 || location.pathname.split("/").pop() !== "routed") throw new Error("pushState does not work");
    });
    await page.evaluate(() => history.replaceState(null, "", "routed?only=query"));
    await page.evaluate(() => history.back());
    await site.letter("n", 2);
    await site.letter("c");
    await site.until((state) => state.traits.includes("tz"), "what the probes would say");
  },

  async hostile({ page, site }) {
    // A page that breaks what it can, after the script has loaded.
    await page.goto(site.url("form"));
    await page.evaluate(() => {
      window.fetch = JSON.stringify = window.setTimeout = window.Blob = () => {
        throw new Error("broken by the page");
      };
      Element.prototype.matches = null;
      Element.prototype.getBoundingClientRect = null;
      addEventListener("click", (event) => event.stopImmediatePropagation(), true);
      for (const name of ["matches", "getAttribute", "tagName", "closest", "type", "nodeType", "localName"]) {
        const input = document.createElement("input");
        input.name = name;
        document.querySelector("form").append(input);
      }
      for (const event of [
        new Event("pointermove"),
        new PointerEvent("pointerdown", { clientX: 1e300, clientY: -1e300, button: 1000 }),
        new Event("click"),
        new Event("keydown"),
        new KeyboardEvent("keyup"),
        new Event("paste"),
        new Event("scroll"),
        new Event("submit"),
        new InputEvent("input"),
      ]) {
        document.querySelector("form").dispatchEvent(event);
        document.dispatchEvent(event);
        window.dispatchEvent(event);
        document.createElement("div").dispatchEvent(event);
      }
    });
    await page.mouse.click(200, 200);
    await page.mouse.click(40, 40);
    await site.letter("c", 2);
  },

  async routes({ page, site }) {
    await page.goto(site.url("form"));
    await page.evaluate(() => history.pushState(null, "", "step/123456789/next?secret=1"));
    await page.evaluate(() => history.replaceState(null, "", "#only-a-fragment"));
    await page.evaluate(() => history.replaceState(null, "", "end"));
    await page.evaluate(() => history.pushState(null, "", "end"));
    await page.evaluate(() => history.go(-2));
    await site.letter("n", 4);
    return await page.evaluate(() => Object.prototype.hasOwnProperty.call(history, "pushState"));
  },

  async twice({ page, site }) {
    await page.goto(site.url("twice"));
    await site.letter("o");
    await click(page, "#plain");
    await site.letter("c");
    await pause(400);
  },

  async duplicate({ page, context, site }) {
    await page.goto(site.url("form"));
    await site.letter("o");
    const first = await sessionID(page);
    const opened = context.waitForEvent("page");
    await page.evaluate(() => void window.open("second"));
    const other = await opened;
    await other.waitForFunction(() => window.readyIDs?.length === 1);
    await site.letter("o", 2);
    await click(other, "#plain");
    await site.letter("c");
    const second = await sessionID(other);
    const ready = await other.evaluate(() => window.readyIDs[0]);
    await page.reload();
    await site.letter("o", 3);
    await page.goto(site.url("third"));
    await site.letter("o", 4);
    return { first, second, ready, later: await sessionID(page) };
  },

  async frames({ page, site }) {
    await page.goto(site.url("framing"));
    await site.letter("o", 2);
    await pause(300);
    const ids = [];
    for (const frame of page.frames()) ids.push(await frame.evaluate(() => window.getRoundtableSessionId()));
    return ids;
  },

  async back({ page, site }) {
    await page.goto(site.url("form"));
    await click(page, "#plain");
    await site.letter("c");
    const id = await sessionID(page);
    await page.evaluate(() => {
      window.kept = true;
      addEventListener("pageshow", (event) => (window.persisted = event.persisted));
    });
    await page.evaluate(() => void (location.href = "second"));
    await page.waitForURL("**/second");
    await site.letter("o", 2);
    await page.evaluate(() => history.back());
    await page.waitForFunction(() => location.pathname.endsWith("/form"), null, { timeout: 5000 });
    await pause(300);
    const kept = await page.evaluate(() => ({ kept: window.kept, persisted: window.persisted }));
    await click(page, "#plain");
    await site.letter("c", 2);
    return { ...kept, same: id === (await sessionID(page)) };
  },

  async closing({ page, site }) {
    await page.goto(site.url("form"));
    await site.letter("o");
    await page.evaluate(() => window.setRoundtableUserId("last-words"));
    await page.close({ runBeforeUnload: true });
    // What was said last may have been on its way already.
    await site.until((state) => state.left && state.users.includes("last-words"), "the last flush");
  },

  // The page on one origin, Gait on another: no request may need a preflight.
  async elsewhere({ page, site }) {
    await page.goto(site.url("elsewhere").replace("127.0.0.1", "localhost"));
    await click(page, "#plain");
    await site.letter("c");
    await page.evaluate(() => window.setRoundtableUserId("leaving"));
    await page.goto("about:blank");
    await site.until((state) => state.users.includes("leaving"), "the last flush");
  },

  async endpoint({ page, site }) {
    await page.goto(site.url("endpoint"));
    await click(page, "#plain");
    await site.letter("c");
    await site.until((state) => state.traits.includes("probes"), "the probes trait");
  },

  async rollover({ page, site }) {
    await page.goto(site.url("form"));
    await page.focus("#name");
    const { keyboard } = page;
    for (const [what, key] of [["down", "a"], ["down", "b"], ["up", "a"], ["down", "c"], ["up", "b"], ["up", "c"]]) await keyboard[what](key);
    // The release goes to another window.
    await keyboard.down("x");
    await page.evaluate(() => window.dispatchEvent(new Event("blur")));
    await keyboard.down("y");
    await keyboard.down("y");
    await keyboard.up("y");
    await keyboard.up("x");
    await click(page, "#plain");
    await site.letter("c");
  },

  async flood({ page, site }) {
    await page.goto(site.url("form"));
    await site.letter("o");
    await site.mode("503");
    const took = await page.evaluate(() => {
      const start = performance.now();
      for (let i = 0; i < 2000; i++) window.setRoundtableUserId(String(i).padStart(1000, "-"));
      return performance.now() - start;
    });
    await pause(300);
    await site.mode("up");
    await site.until((state) => state.users.length > 300, "what was kept");
    await pause(500);
    await page.evaluate(() => window.setRoundtableUserId("after"));
    await site.until((state) => state.users.includes("after"), "what came after");
    return took;
  },

  async signals({ page, site }) {
    await page.addInitScript(() => Object.defineProperty(navigator, "globalPrivacyControl", { value: true }));
    await page.goto(site.url("signals"));
    await watchViolations(page);
    await page.mouse.move(300, 300);
    for (let i = 0; i < 12; i++) {
      await page.mouse.move(300 + i * 5, 300 + i);
      await pause(10);
    }
    await page.mouse.move(60, (await page.locator("#box").boundingBox()).y + 20);
    await page.mouse.wheel(0, 40);
    await site.letter("s");
    const { keyboard } = page;
    await page.focus("#name");
    await page.evaluate(() => document.querySelector("#name").setSelectionRange(0, 6));
    await keyboard.press("Control+C");
    await keyboard.type("X");
    await keyboard.type("y");
    await keyboard.press("Control+Z");
    await page.evaluate(() => document.querySelector("#name").setSelectionRange(0, 6));
    await keyboard.press("Control+X");
    await page.focus("#editor");
    await page.evaluate(() => getSelection().selectAllChildren(document.querySelector("#editor")));
    await keyboard.type("Z");
    await page.check("#radio");
    await page.fill("#date", "2026-01-02");
    await click(page, "#act");
    await pause(100);
    await page.evaluate(() => document.querySelector("#far").focus());
    await pause(200);
    await page.evaluate(() => scrollTo(0, 0));
    await page.evaluate(() => document.querySelector("#anchor").click());
    await page.evaluate(() => {
      window.gait.log("Paid");
      window.gait.log({ not: "text" });
      for (let i = 0; i < 60; i++) window.gait.log("again");
    });
    await site.letter("n");
    await site.letter("y", 2);
    await site.letter("r", 1);
    await site.letter("g", 20);
    await site.until((state) => state.traits.includes("stub.long"), "the probes");
    const { violations, left } = await page.evaluate(() => ({ violations: window.violations, left: Object.getOwnPropertySymbols(window).includes(Symbol.for("gait.probes")) }));
    if (violations.length || left) throw new Error(`violations ${violations}, the hand-over is left: ${left}`);
  },

  async touch({ page, site }) {
    await page.goto(site.url("form"));
    const client = await page.context().newCDPSession(page);
    const touch = (type, ...points) => client.send("Input.dispatchTouchEvent", { type, touchPoints: points.map(([x, y]) => ({ x, y })) });
    await touch("touchStart", [300, 400]);
    for (let y = 390; y > 200; y -= 15) {
      await touch("touchMove", [300, y]);
      await pause(16);
    }
    await touch("touchEnd");
    await site.letter("u");
  },

  async consent({ page, site }) {
    await page.goto(site.url("asking"));
    await click(page, "#plain");
    await page.evaluate(() => {
      window.setRoundtableUserId("early");
      window.gait.log("too early");
    });
    await page.goto(site.url("asking"));
    await page.evaluate(() => window.setRoundtableUserId("early"));
    await pause(400);
    const { requests } = await site.state();
    const keys = () => page.evaluate(() => Object.keys(sessionStorage));
    const [before, stored] = [await sessionID(page), await keys()];
    await page.evaluate(() => {
      window.gaitConsent(true);
      window.gait.log("while");
    });
    await site.letter("g");
    const first = await sessionID(page);
    // The tab remembers.
    await page.goto(site.url("form"));
    await site.letter("o", 2);
    if ((await sessionID(page)) !== first) throw new Error("the session did not survive the navigation");
    await page.evaluate(() => {
      window.setRoundtableUserId("from-attribute");
      window.gaitConsent(false);
      window.gait.log("after");
    });
    await click(page, "#plain");
    await pause(1200);
    const [withdrawn, left] = [await sessionID(page), await keys()];
    await page.evaluate(() => {
      window.gaitConsent(true);
      window.gait.log("again");
    });
    await site.letter("g", 2);
    return { before, stored, first, withdrawn, left, second: await sessionID(page), requests };
  },

  async sampled({ page, site }) {
    await page.goto(site.url("out"));
    await click(page, "#plain");
    await page.evaluate(() => window.setRoundtableUserId("nobody"));
    await pause(1300);
    const { requests } = await site.state();
    const result = { id: await sessionID(page), ready: await page.evaluate(() => window.readyIDs.length), out: requests };
    await page.goto(site.url("in"));
    await click(page, "#plain");
    await site.letter("c");
    await site.until((state) => state.traits.includes("webdriver.native"), "the last of the traits");
    await pause(400);
    return result;
  },

  async excluded({ page, site }) {
    const go = (path) => page.evaluate((path) => history.pushState(null, "", path), path);
    await page.goto(site.url("excludes/hidden1"));
    await click(page, "#plain");
    await pause(1300);
    const { requests } = await site.state();
    await go("open");
    await click(page, "#plain");
    await site.letter("c");
    await go("hidden2");
    await click(page, "#plain");
    await go("open?hide=1");
    await click(page, "#plain");
    await go("open2");
    await click(page, "#plain");
    await site.letter("c", 2);
    return requests;
  },

  async privacy({ page, site }) {
    await page.goto(site.url("privacy/jane.marker@example.org/tokenqA1b2C3d4E5f6A7b8C9d0E1f2", "?email=jane.marker@example.org&name=Maskmarker#Maskmarker"));
    await site.letter("o");
    await site.mode("503");
    await page.evaluate(() => navigator.clipboard.writeText("qzjx7"));
    for (const id of ["password", "code", "card", "field", "area", "rich"]) {
      await click(page, `#${id}`);
      await page.keyboard.type(id === "card" ? "4111111111111111" : "qzjx7 jane");
      await page.keyboard.press("Control+V");
      await page.keyboard.press("Control+A");
      await page.keyboard.press("Control+C");
    }
    for (const id of ["check", "person", "link", "send"]) await click(page, `#${id}`);
    await page.evaluate(() => window.dispatchEvent(new PageTransitionEvent("pagehide")));
    const saved = await page.evaluate(() => sessionStorage.getItem("gaitQueue") ?? "");
    await site.mode("up");
    await site.letter("S");
    return saved ? [saved] : [];
  },

  async cookie({ page, site }) {
    const cookie = () => page.evaluate(() => document.cookie);
    await page.goto(site.url("form"));
    await site.letter("o");
    const without = await cookie();
    await page.goto(site.url("blocking"));
    await page.waitForFunction(() => window.readyIDs.length > 0);
    const [set, session] = [await cookie(), await sessionID(page)];
    const [{ sameSite, path, expires }] = await page.context().cookies();
    if (sameSite !== "Lax" || path !== "/" || expires !== -1) throw new Error(`the cookie: ${sameSite} ${path} ${expires}`);
    await page.evaluate(() => window.gaitConsent(false));
    return { without, with: set, session, after: await cookie() };
  },

  async a7f3c2e1({ page, site }) {
    await page.goto(site.url("alias"));
    await click(page, "#plain");
    await pause(600);
    const response = await fetch(`${base}/control/state?site=a7f3c2e1`);
    if (!(await response.json()).letters.includes("c")) throw new Error("nothing came for the integration id");
  },

  // Plain http on a network of one's own: no secure context.
  async insecure({ page, site }) {
    const home = `http://gait.test:${port}`;
    const ids = [];
    await page.goto(site.url("form").replace(base, home));
    const secure = await page.evaluate(() => isSecureContext || "getCoalescedEvents" in PointerEvent.prototype || !!crypto.randomUUID);
    for (const path of ["form", "second"]) {
      if (path !== "form") await page.goto(site.url(path).replace(base, home));
      for (let i = 0; i < 5; i++) {
        await page.mouse.move(100 + i * 20, 100);
        await pause(20);
      }
      await click(page, "#plain");
      ids.push(await sessionID(page));
    }
    await site.letter("c", 2);
    await pause(1200);
    return { secure, ids };
  },

  // The clock is years ahead, and right again in the next document.
  async clock({ page, site }) {
    await page.addInitScript(() => {
      if (!location.pathname.endsWith("/form")) return;
      const ahead = 3 * 365 * 24 * 3600 * 1000;
      const { now } = Date;
      Date.now = () => now() + ahead;
      const { timeOrigin } = performance;
      Object.defineProperty(performance, "timeOrigin", { value: timeOrigin + ahead });
    });
    await site.mode("503");
    await page.goto(site.url("form"));
    await page.evaluate(() => window.setRoundtableUserId("years-ahead"));
    await site.until((state) => state.refused >= 1, "a refusal");
    await page.goto(site.url("second"));
    await site.mode("up");
    await page.evaluate(() => window.setRoundtableUserId("right-again"));
    await site.until((state) => state.users.includes("right-again") && state.users.includes("years-ahead"), "both documents");
  },

  // The server is away for seconds, and the page is left while a retry is waited for.
  async down({ page, site }) {
    await page.goto(site.url("form"));
    await site.letter("o");
    await site.mode("reset");
    await page.evaluate(() => window.setRoundtableUserId("first"));
    await click(page, "#plain");
    await site.until((state) => state.resets >= 2, "a retry");
    await page.goto(site.url("second"));
    await page.evaluate(() => window.setRoundtableUserId("second"));
    await click(page, "#plain");
    await pause(1500);
    await site.mode("up");
    await site.until((state) => state.letters.split("c").length > 2 && state.users.length === 4, "what was captured meanwhile");
  },

  // For a minute nothing listens where the batches go, while the page is used and left.
  async unreachable({ page, site }) {
    const [said, xs, failed] = [[], [], []];
    let clicks = 0;
    page.on("requestfailed", (request) => request.url().endsWith("/v1/batch") && failed.push(request.failure().errorText));
    const open = async (path) => {
      await page.goto(site.url(path));
      said.push("from-attribute");
    };
    const use = async (end) => {
      for (; performance.now() < end; await pause(400)) {
        const n = said.push(`user-${said.length}`);
        await page.evaluate((id) => window.setRoundtableUserId(id), said[n - 1]);
        xs.push(100 + 2 * xs.length);
        await page.mouse.move(xs[xs.length - 1], 300);
        if (n % 4 === 0) {
          await page.evaluate(() => document.querySelector("#plain").click());
          clicks++;
        }
      }
    };
    await open("form");
    await site.letter("o");
    const id = await sessionID(page);
    await site.mode("unreachable");
    const from = performance.now();
    await use(from + 50_000);
    await open("second");
    await use(from + 61_000);
    const refused = failed.length;
    const away = performance.now() - from;
    await site.mode("up");
    await use(performance.now() + 1_000);
    const end = performance.now() + 60_000;
    while (!(await site.state()).users.includes(said[said.length - 1])) {
      if (performance.now() > end) throw new Error("not within a minute: what was said last");
      await pause(100);
    }
    const left = await page.evaluate(() => sessionStorage.getItem("gaitQueue"));
    return { id, same: id === (await sessionID(page)), said, xs, clicks, away, refused, why: [...new Set(failed)], left };
  },

  async crossframe({ page, site }) {
    await page.goto(site.url("elsewhere-frame"));
    await site.letter("o", 2);
    const ids = [];
    for (const frame of page.frames()) ids.push(await frame.evaluate(() => window.getRoundtableSessionId()));
    return ids;
  },

  async prerender({ page, site }) {
    await page.addInitScript(() => Object.defineProperty(document, "prerendering", { value: true, configurable: true }));
    await page.goto(site.url("form"));
    await click(page, "#plain");
    await pause(600);
    const { requests } = await site.state();
    await page.evaluate(() => document.dispatchEvent(new Event("prerenderingchange")));
    await click(page, "#plain");
    await site.letter("c");
    return { requests };
  },

  async unit({ page, site }) {
    await page.goto(site.url("unit"));
    return await page.evaluate(() => window.unit());
  },
};

async function play(name) {
  const scenario = scenarios[name];
  if (!scenario) throw new Error(`no scenario ${name}`);
  const context = await browser.newContext({ viewport: { width: 800, height: 600 } });
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: base });
  const errors = [];
  context.on("page", (page) => {
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("console", (message) => {
      // The tracker says so when it caught an error of its own. What the network
      // does is logged by the browser.
      if (/^gait/.test(message.text()) || (message.type() === "error" && !/^Failed to load resource/.test(message.text()))) errors.push(message.text());
    });
  });
  try {
    const page = await context.newPage();
    const result = await scenario({ page, context, site: siteOf(name) });
    return { result: result ?? null, errors };
  } finally {
    await context.close();
  }
}

process.stdout.write("ready\n");
for await (const name of createInterface({ input: process.stdin })) {
  let answer;
  try {
    answer = await play(name);
  } catch (error) {
    answer = { error: String(error?.stack ?? error) };
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
}
await browser.close();
