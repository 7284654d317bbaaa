// Plays one scenario of browser_test.go in Chromium: node drive.mjs URL SCENARIO ARGS….
// Prints {"result":…,"problems":[…]}, where a request to any other host is a problem.

import { chromium } from "playwright-core";

const [base, scenario, ...args] = process.argv.slice(2);
const problems = [];
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

const plain = ["--no-sandbox", "--disable-component-update", "--disable-sync", "--no-first-run"];
const executablePath = "/usr/bin/chromium";

// A browser that connects in advance where pages ask for it, as those of people do: one
// for automation, and one that keeps nothing, do not. Names of nobody are found on this
// machine, and no others; what it does on the network is logged.
const eager = (profile, log) =>
  chromium.launchPersistentContext(profile, {
    executablePath,
    viewport: { width: 900, height: 700 },
    ignoreDefaultArgs: ["--disable-background-networking"],
    args: [...plain, "--host-resolver-rules=MAP *.test 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", `--log-net-log=${log}`],
  });

const browser = scenario === "forged" ? await eager(args[3], args[4]) : await chromium.launch({ executablePath, args: [...plain, "--disable-background-networking"] });

const control = async (what) => (await fetch(`${base}/control/${what}`)).json();

async function open(options = {}) {
  const context = browser.newContext ? await browser.newContext({ viewport: { width: 900, height: 700 }, ...options }) : browser;
  const page = await context.newPage();
  let styled = 0;
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(base + "/") && !/^(data|about|blob):/.test(url)) problems.push(`a request to ${url}`);
  });
  page.on("pageerror", (error) => problems.push(`an error in the page: ${error.stack}`));
  page.on("console", (message) => {
    // What the test's pages ask for and their policy forbids is their own: pictures, and
    // one style attribute.
    const own = /404|40[13]|502|net::|Loading the image|MIME type/;
    const inline = /Applying inline style/.test(message.text()) && styled++ === 0;
    if (message.type() === "error" && !own.test(message.text()) && !inline) problems.push(`the console: ${message.text()}`);
  });
  return page;
}

async function until(condition, what) {
  for (const end = Date.now() + 15_000; Date.now() < end; await pause(50)) {
    const value = await condition();
    if (value) return value;
  }
  throw new Error(`not within 15 s: ${what}`);
}

const posts = async () => (await control("state"))["POST /v1/replay"] ?? 0;
const recorded = (count = 1) => until(async () => (await posts()) >= count, `${count} chunks`);
const sessionID = (page) => page.evaluate(() => sessionStorage.getItem("rtSessionId"));

const scenarios = {
  async masked(kind) {
    const page = await open();
    await page.goto(`${base}/site/secrets?token=zqquery${kind === "strict" ? "&policy=strict" : ""}#zqhash`);
    await page.evaluate(() => {
      // Before it is recorded: a shadow tree, a frame, and what scripts set.
      const host = document.querySelector("#host").attachShadow({ mode: "open" });
      const inside = document.createElement("p");
      inside.title = "zqshadowtitle";
      inside.textContent = "zqshadow";
      host.append(inside, document.createElement("input"));
      host.querySelector("input").value = "zqshadowvalue";
      const frame = document.querySelector("#frame").contentDocument;
      frame.body.append("zqframe");
      document.querySelector("#name").value = "zqsetvalue";
    });
    await recorded();
    const typed = ["Robin Winter", "hunter2 secret", "4711", "A long story"];
    await page.fill("#name", "");
    await page.type("#name", typed[0], { delay: 15 });
    await page.type("#pass", typed[1], { delay: 5 });
    await page.type("#number", typed[2]);
    await page.fill("#area", typed[3]);
    await page.focus("#edit");
    await page.keyboard.type("zqtyped here", { delay: 5 });
    await page.check("#agree");
    await page.selectOption("#choice", "zqoption2");
    await page.evaluate(() => {
      const make = (tag, attributes, text) => {
        const made = document.createElement(tag);
        for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
        made.textContent = text;
        return made;
      };
      const more = document.querySelector("#more");
      more.append(
        make("p", { title: "zqaddedtitle", "data-x": "zqaddeddata", "aria-label": "zqaddedaria" }, "zqadded text"),
        make("p", { "data-gait-unmask": "" }, "Added and shown"),
        make("a", { href: "/zqaddedlink" }, "zqaddedlink"),
        make("img", { src: "/zqaddedimage.png", alt: "zqaddedalt" }, ""),
        make("option", { value: "zqaddedoption" }, "zqaddedoption"),
        make("textarea", {}, "zqaddedarea"),
        make("style", { nonce: "n1" }, "p { background: url(/zqaddedstyle.png) } p::before { content: 'zqaddedcontent' }"),
        make("iframe", {}, ""),
      );
      more.querySelector("iframe").contentDocument.body.append("zqaddedframe");
      document.querySelector("#frame").contentDocument.body.append("zqframelater");
      const text = document.querySelector("#text");
      text.firstChild.data = "zqchanged";
      text.title = "zqchangedtitle";
      text.setAttribute("data-y", "zqchangeddata");
      text.setAttribute("aria-label", "zqchangedaria");
      text.style.setProperty("--own", "zqchangedproperty");
      text.style.backgroundImage = "url(/zqchangedimage.png)";
      document.querySelector("a").href = "/zqchangedlink";
      document.querySelector("img").alt = "zqchangedalt";
      document.querySelector("#name").placeholder = "zqchangedplaceholder";
      document.querySelector("#name").setAttribute("value", "zqchangedvalue");
      document.querySelector("#area").value = "zqsetarea";
      document.querySelector("svg text").textContent = "zqchangedsvg";
      document.querySelector("svg image").setAttribute("href", "/zqchangedsvg.png");
      document.querySelector("svg use").setAttribute("xlink:href", "/zqchangeduse.svg#a");
      document.querySelector("option").textContent = "zqchangedoption";
      document.querySelector("option").value = "zqchangedoptionvalue";
      document.title = "zqchangedtitle of the page";
      document.querySelector("meta[name=description]").content = "zqchangedmeta";
      document.body.dataset.user = "zqchangeduser";
      const shadow = document.querySelector("#host").shadowRoot;
      shadow.append(make("p", { title: "zqshadowadded" }, "zqshadowadded"));
      shadow.querySelector("p").textContent = "zqshadowchanged";
      const later = make("div", {}, "");
      later.attachShadow({ mode: "open" }).append(make("p", {}, "zqshadowlater"));
      more.append(later);
      const sheet = document.querySelector("head style").sheet;
      sheet.insertRule(".said { background: url(/zqinserted.png) }", 0);
      sheet.insertRule(".said::after { content: 'zqinsertedtext' }", 0);
      sheet.cssRules[0].style.setProperty("content", "'zqsetrule'");
      const adopted = new CSSStyleSheet();
      adopted.replaceSync(".said::after { content: 'zqadopted'; background: url(/zqadopted.png) }");
      document.adoptedStyleSheets = [adopted];
      adopted.insertRule(".other::after { content: 'zqadoptedlater' }");
      adopted.replaceSync(".said::after { content: 'zqreplaced' }");
      document.querySelector("#edit").append(make("b", {}, "zqeditadded"));
      document.querySelector("#pass").type = "text";
      history.pushState({}, "", "/site/secrets/zqroute?zqroutequery#zqroutehash");
      getSelection().selectAllChildren(text);
    });
    await page.mouse.move(200, 200);
    await page.mouse.click(210, 30);
    await pause(300);
    const session = await sessionID(page);
    const before = await posts();
    await page.goto(`${base}/control/state`);
    await recorded(before + 1);
    await pause(300);
    return { session, typed };
  },

  async absent(why) {
    const page = await open(why === "privacy" ? { extraHTTPHeaders: { "Sec-GPC": "1" } } : {});
    if (why === "privacy") await page.addInitScript(() => Object.defineProperty(navigator, "globalPrivacyControl", { value: true }));
    await control("forget");
    const tag = { tag: 'data-replay="false"', "probe-free": 'data-probes="false"' }[why];
    const url = `${base}/site/second?${new URLSearchParams({ ...(tag && { tag }), ...(why === "workspace" && { site: "off" }) })}`;
    if (why === "framed") {
      await page.goto(`${base}/control/state`);
      await page.evaluate((src) => {
        const frame = document.createElement("iframe");
        frame.src = src;
        document.body.append(frame);
      }, url);
    } else await page.goto(url);
    await until(async () => {
      const state = await control("state");
      return state["POST /v1/batch"] && (why === "probe-free" || state["GET /v1/probes.js"]);
    }, "captured");
    await pause(2500);
    return { requests: await control("state") };
  },

  async consent() {
    const page = await open();
    await page.goto(`${base}/site/second`);
    await recorded();
    const first = await sessionID(page);
    const say = (text) => page.evaluate((text) => document.querySelector("#more").append(text), text);
    const flushed = async () => {
      const before = await posts();
      await recorded(before + 1);
    };
    await say("Said with consent. ");
    await flushed();
    await page.evaluate(() => gaitConsent(false));
    await say("Said without. ");
    await pause(1500);
    await page.evaluate(() => (document.querySelector("#more").textContent = ""));
    await pause(100);
    const before = await posts();
    await page.evaluate(() => gaitConsent(true));
    await recorded(before + 1);
    await say("Said again. ");
    await flushed();
    return { first, second: await sessionID(page) };
  },

  // When the parts of recording begin, in ms since the document began.
  async start() {
    const page = await open();
    await page.goto(`${base}/site/secrets`);
    await recorded();
    const { origin, at } = await page.evaluate(() => ({
      origin: performance.timeOrigin,
      at: Object.fromEntries(performance.getEntriesByType("resource").map(({ name, startTime, responseEnd }) => [new URL(name).pathname, [startTime, responseEnd]])),
    }));
    return { session: await sessionID(page), origin, at, fetched: (await control("state"))["GET /v1/replay.js"] };
  },

  // Much happens just before the document is left.
  async leave() {
    const page = await open();
    await page.goto(`${base}/site/second`);
    await recorded();
    const session = await sessionID(page);
    await pause(1200);
    const before = await posts();
    const left = page.waitForURL("**/control/state");
    await page
      .evaluate(async () => {
        for (let i = 0; i < 36; i++) {
          document.querySelector("#more").append(`Word ${i}. ${"One after the other. ".repeat(60)}`);
          await new Promise((done) => setTimeout(done));
        }
        location.href = "/control/state";
      })
      .catch(() => {}); // it went away
    await left;
    await recorded(before + 1);
    await pause(1000);
    return { session };
  },

  // The document is left as soon as its snapshot is on its way.
  async glance() {
    const page = await open();
    const sent = page.waitForRequest((request) => request.method() === "POST" && new URL(request.url()).pathname === "/v1/replay");
    await page.goto(`${base}/site/secrets?more=1`);
    const session = await sessionID(page);
    await sent;
    await page.goto(`${base}/control/state`);
    await pause(1000);
    return { session };
  },

  async away() {
    const page = await open();
    await page.goto(`${base}/site/second`);
    await recorded();
    await control("away");
    const before = (await control("state"))["POST /v1/batch"];
    await page.evaluate(() => document.querySelector("#more").append("Said while away. "));
    const tried = await posts();
    await recorded(tried + 1);
    for (let i = 0; i < 3; i++) {
      await page.click("#plain");
      await pause(300);
    }
    const after = (await control("state"))["POST /v1/batch"];
    await control("back");
    await recorded((await posts()) + 1);
    await pause(200);
    return { before, after, session: await sessionID(page) };
  },

  async visit() {
    const page = await open();
    await page.goto(`${base}/site/secrets`);
    await recorded();
    for (let i = 0; i < 30; i++) {
      await page.mouse.move(100 + i * 12, 80 + i * 8);
      await pause(40);
    }
    await page.click("#plain");
    await page.type("#name", "Robin Winter", { delay: 60 });
    const before = await posts();
    await page.click("#next");
    await recorded(before + 2);
    await page.click("#plain");
    await pause(500);
    const session = await sessionID(page);
    const last = await posts();
    await page.goto(`${base}/control/state`);
    await recorded(last + 1);
    return { session };
  },

  async forged(session, key, port) {
    const page = await open();
    const result = {};
    const contacts = async () => (await control("state")).outside ?? 0;
    await page.goto(`${base}/replay/${session}`);
    await page.fill("#message input", key);
    await page.click("#message button");
    await page.waitForSelector("#bar:not([hidden])");
    const frame = () => page.frames().find((other) => other.parentFrame() === page.mainFrame());
    const at = async () => Number(await page.inputValue("#seek"));
    result.left = [];
    const look = async () => {
      const found = await frame().evaluate(() => {
        const sheets = [...document.styleSheets, ...document.adoptedStyleSheets].flatMap((sheet) => [...sheet.cssRules].map((rule) => rule.cssText));
        const elements = [...document.querySelectorAll("*")].flatMap((element) => [...element.attributes].map(({ name, value }) => `${element.localName} ${name}=${value}`));
        const inside = [...document.querySelectorAll("iframe")].map((inner) => inner.contentDocument?.documentElement?.outerHTML ?? "");
        const lures = [...document.querySelectorAll("link[rel], meta[http-equiv], base[href], script")].map((element) => element.outerHTML);
        return [...[...sheets, ...elements, ...inside].filter((text) => text.includes("forged.test")), ...lures];
      });
      result.left.push(...found);
    };
    result.shown = await until(async () => {
      const text = (await frame()?.evaluate(() => document.body?.innerText ?? "")) ?? "";
      return /forged/.test(text) && text;
    }, "something in the frame");
    await look();
    result.scheme = await frame().evaluate(() => `${getComputedStyle(document.querySelector("#box")).outlineColor} ${getComputedStyle(document.documentElement).colorScheme}`);
    await page.uncheck("#skip");
    await page.click("#play");
    await until(async () => (await at()) >= 1499, "the end");
    result.ended = await at();
    await look();
    await page.keyboard.press("Home");
    await page.keyboard.press("End"); // at once, which is another way to build it
    await pause(1000);
    await look();
    result.outside = await contacts();

    const other = await browser.newPage();
    await other.route("**/lure", (route) =>
      route.fulfill({ contentType: "text/html", body: `<link rel="preconnect" href="http://control.test:${port}">` }),
    );
    await other.goto(`${base}/lure`);
    result.control = await until(contacts, "a connection");
    await pause(300);
    return result;
  },

  async player(session, key, pictures) {
    const page = await open();
    const result = {};
    const message = () => page.textContent("#message");
    await page.goto(`${base}/replay/${session}`);
    await page.waitForSelector("#message input");
    result.asked = true;
    await page.fill("#message input", "sk-wrong");
    await page.click("#message button");
    result.wrong = await until(async () => /does not open/.test(await message()) && (await message()), "a wrong key");
    await page.fill("#message input", key);
    await page.click("#message button");
    await page.waitForSelector("#bar:not([hidden])");
    const frame = () => page.frames().find((other) => other.parentFrame() === page.mainFrame());
    const at = async () => Number(await page.inputValue("#seek"));
    result.pages = await page.$$eval("#pages option", (options) => options.map((option) => option.textContent));
    result.shown = await until(async () => {
      const text = await frame()?.evaluate(() => document.body?.innerText ?? "");
      return /Welcome/.test(text) && text;
    }, "something in the frame");
    result.sandbox = await page.getAttribute(".replayer-wrapper iframe", "sandbox");
    result.clicked = await page.locator("#marks .click").count();

    await page.keyboard.press(" ");
    await pause(400);
    const early = await at();
    await pause(400);
    result.playing = [early, await at()];
    if (pictures) await page.screenshot({ path: `${pictures}/wide.png` });
    await page.keyboard.press(" ");
    await page.locator("#speeds label", { hasText: "4" }).click();
    result.speed = await page.$eval("#speeds input:checked", (input) => input.value);

    const started = await page.evaluate(
      async ([session, key]) => (await (await fetch(`/api/v1/sessions/${session}/replay`, { headers: { Authorization: `Bearer ${key}` } })).json()).pages[0].started,
      [session, key],
    );
    await page.evaluate((at) => (location.hash = `t=${at}`), started + 1000);
    await pause(300);
    result.sought = await at();
    // Evidence, by its mark and by keys.
    const spots = page.locator("#spots button");
    await spots.first().waitFor();
    result.spots = await spots.evaluateAll((buttons) => buttons.map((button) => button.title));
    result.jumped = [];
    await spots.first().click();
    result.jumped.push(await at());
    await page.keyboard.press("Home");
    await page.keyboard.press("e");
    result.jumped.push(await at());
    await page.locator("#speeds label", { hasText: "1" }).click();
    await page.keyboard.press(" ");
    result.caption = await until(() => page.textContent("#caption"), "what is said of the evidence");
    await page.keyboard.press(" ");

    // Keys do what they say also where the mouse has just been.
    const skips = () => page.isChecked("#skip");
    const play = () => page.getAttribute("#play", "aria-label");
    await page.keyboard.press("8");
    result.keys = [await page.$eval("#speeds input:checked", (input) => input.value)];
    await page.keyboard.press("s");
    result.keys.push(String(await skips()));
    await page.keyboard.press("s");
    result.keys.push(String(await skips()));
    await page.keyboard.press("1");
    await page.keyboard.press("Home");
    await page.keyboard.press(" ");
    result.keys.push(await play());
    await page.keyboard.press(" ");
    result.keys.push(await play());
    await page.keyboard.press("n");
    result.turned = await page.inputValue("#pages");
    await page.waitForSelector("#bar:not([hidden])");
    await page.keyboard.press("p");
    await until(async () => /Welcome/.test((await frame()?.evaluate(() => document.body?.innerText ?? "")) ?? ""), "the first page");
    await page.keyboard.press("End");
    await pause(200);

    // The second page, chosen and then reached by the end of the first one.
    await page.selectOption("#pages", "1");
    await until(async () => /second page/.test((await frame()?.evaluate(() => document.body?.innerText ?? "")) ?? ""), "the second page");

    await page.emulateMedia({ colorScheme: "dark" });
    await page.setViewportSize({ width: 390, height: 800 });
    await page.selectOption("#pages", "0");
    await page.waitForSelector("#bar:not([hidden])");
    await pause(500);
    result.narrow = await page.evaluate(() => {
      document.querySelector("#caption").textContent = "What is said of a moment may be long. ".repeat(9);
      const wide = [...document.querySelectorAll("header *, footer *")].filter((element) => element.getBoundingClientRect().right > innerWidth);
      return document.documentElement.scrollWidth <= innerWidth && !wide.length;
    });
    if (pictures) await page.screenshot({ path: `${pictures}/narrow.png` });

    // In a page of the same origin, which seeks and is told the time.
    const outer = await open({ extraHTTPHeaders: {} });
    await outer.route("**/api/v1/sessions/*/replay*", (route) => route.continue({ headers: { ...route.request().headers(), authorization: `Bearer ${key}` } }));
    await outer.goto(`${base}/embed/${session}`);
    const inner = outer.frameLocator("#f");
    await inner.locator("#bar:not([hidden])").waitFor();
    await outer.evaluate((at) => document.querySelector("#f").contentWindow.postMessage({ gait: "seek", at }, location.origin), started + 500);
    await until(async () => Math.abs(Number(await inner.locator("#seek").inputValue()) - 500) < 100, "the moment that was asked for");
    await inner.locator("#play").click();
    await pause(600);
    result.told = await outer.evaluate(() => window.told);

    await outer.goto(`${base}/replay/${"0".repeat(32)}`);
    result.empty = await until(async () => /recorded/.test(await outer.textContent("#message")) && outer.textContent("#message"), "an empty state");
    return result;
  },
};

try {
  const result = await scenarios[scenario](...args);
  console.log(JSON.stringify({ result, problems }));
} catch (error) {
  console.error(error.stack, problems);
  process.exitCode = 1;
} finally {
  await browser.close();
}
