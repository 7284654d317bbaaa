// Plays the badge's life for badge_browser_test.go and prints what the cards showed.
//
//   node tracker/testdata/probes/badge.mjs BASE [FOLDER FOR PICTURES]
import { chromium } from "playwright-core";
import { executablePath, quiet } from "../../../attack/lib/browser.mjs";

const [base, shots] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: quiet, ignoreDefaultArgs: ["--disable-back-forward-cache"] });
const result = { problems: [] };

// All cards of the page, as they are drawn.
const look = (page) =>
  page.evaluate(() =>
    [...document.querySelectorAll(".roundtable-badge")].flatMap(({ shadowRoot }) => {
      const card = shadowRoot?.querySelector(".card");
      if (!card) return [];
      const words = card.querySelector("p");
      return [
        {
          state: card.className.replace("card ", ""),
          text: words.textContent,
          role: words.getAttribute("role"),
          width: card.getBoundingClientRect().width,
          moving: card.getAnimations({ subtree: true }).length > 0,
        },
      ];
    }),
  );
const acknowledge = (page) => page.evaluate(() => void window.dispatchEvent(new CustomEvent("gait:ack")));

async function shoot(page, name) {
  if (!shots) return;
  for (const [theme, color] of [["light", "#ffffff"], ["dark", "#14161a"]]) {
    await page.evaluate((color) => document.documentElement.style.setProperty("background", color), color);
    await page.emulateMedia({ colorScheme: theme });
    await page.screenshot({ path: `${shots}/badge-${name}-${theme}.png`, clip: { x: 0, y: 0, width: 420, height: 240 } });
  }
  await page.evaluate(() => document.documentElement.removeAttribute("style"));
}

async function visit(run, { clock = false, ...context } = {}) {
  const page = await (await browser.newContext(context)).newPage();
  page.on("pageerror", (error) => result.problems.push(String(error)));
  if (clock) await page.clock.install();
  await page.goto(`${base}/page`);
  await page.waitForFunction(() => document.querySelector(".roundtable-badge")?.shadowRoot);
  await run(page);
  result.problems.push(...(await page.evaluate(() => window.problems ?? [])));
  await page.close();
}

try {
  await visit(async (page) => {
    result.loading = await look(page);
    await shoot(page, "loading");
    await acknowledge(page);
    result.pass = await look(page);
    await shoot(page, "pass");
    result.styled = await page.evaluate(() => [...document.querySelectorAll(".roundtable-badge")].filter((host) => host.hasAttribute("style") || host.shadowRoot.querySelector("[style]")).length);
    // What single-page applications do: draw more, copy what is there, change it.
    await page.evaluate(() => {
      const more = document.querySelector("#more");
      const nested = document.createElement("section");
      nested.append(document.querySelector("#plain").cloneNode());
      more.append(nested);
      const later = document.createElement("div");
      later.setAttribute("width", "400");
      more.append(later);
      later.className = "big roundtable-badge";
      document.querySelector(".roundtable-badge").setAttribute("width", "120px");
    });
    await page.waitForTimeout(50);
    result.added = await look(page);
    await page.evaluate(() => document.querySelectorAll(".roundtable-badge").forEach((host) => host.remove()));
    await page.waitForTimeout(50);
    result.removed = (await look(page)).length;
  });

  await visit(
    async (page) => {
      await page.clock.runFor(10_000);
      await page.evaluate(() => void window.dispatchEvent(new CustomEvent("roundtable:ready")));
      await page.clock.runFor(14_000);
      if ((await look(page))[0].state !== "loading") result.problems.push("the patience does not begin anew when there is a session");
      await page.clock.runFor(2_000);
      result.fail = await look(page);
      await shoot(page, "fail");
      await acknowledge(page);
      result.recovered = await look(page);
    },
    { clock: true },
  );

  await visit(async (page) => {
    await acknowledge(page);
    await page.click("a");
    await page.waitForURL("**/elsewhere");
    await page.goBack({ waitUntil: "commit" }); // from the back/forward cache, without a load
    await page.waitForTimeout(200);
    result.back = await look(page);
  });

  await visit(async (page) => { result.still = await look(page); }, { reducedMotion: "reduce" });

  // The script comes when the first batch is long acknowledged.
  const page = await browser.newPage();
  await page.route("**/badge.js", (route) => route.abort());
  await page.goto(`${base}/page`);
  await page.unroute("**/badge.js");
  await page.evaluate(() => fetch("/v1/batch", { method: "POST" }).then((response) => response.text()));
  await page.evaluate(() => {
    const script = document.createElement("script");
    script.nonce = "n";
    script.src = window.trustedTypes.createPolicy("gait", { createScriptURL: (url) => url }).createScriptURL("/badge.js");
    document.head.append(script);
  });
  await page.waitForTimeout(300);
  result.late = await look(page);

  console.log(JSON.stringify(result));
} finally {
  await browser.close();
}
