// Opens the page of probes_browser_test.go in one browser after the other, each driven
// in its own way, and focuses a field by a script where the driver can.
//
//   node tracker/testdata/probes/drive.mjs BASE [NAME…]
//
// What the probes said is the Go test's to check; it prints the names of those done.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDisplay } from "../../../attack/lib/display.mjs";
import { executablePath, quiet } from "../../../attack/lib/browser.mjs";
import { start as startChromedriver } from "../../../attack/hands/webdriver.mjs";

const [base, ...only] = process.argv.slice(2);
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// Until the slow probes have been heard of.
async function settled(name) {
  for (const end = Date.now() + 60_000; Date.now() < end; await pause(100)) {
    const heard = await (await fetch(`${base}/heard?driver=${name}`)).json();
    if (["gl", "devices", "notify", "console", "probes", "test.left"].every((trait) => trait in heard)) return;
  }
  throw new Error("the probes were not heard of within a minute");
}

const display = await openDisplay(1280, 720);
const env = { ...process.env, DISPLAY: display.name };
const pageOf = (name) => `${base}/page?driver=${name}`;
const focusField = () => document.querySelector("input").focus();

async function playwright(name, module, headless, more = {}) {
  const { chromium } = await import(module);
  const browser = await chromium.launch({ executablePath, headless, args: quiet, env });
  try {
    const page = await (await browser.newContext(more)).newPage();
    page.on("console", (message) => message.type() !== "endGroup" && console.error(`${name}: ${message.type()} ${message.text()}`));
    page.on("pageerror", (error) => console.error(`${name}: ${error}`));
    await page.goto(pageOf(name));
    await settled(name);
    await page.evaluate(focusField);
    await pause(300);
  } finally {
    await browser.close();
  }
}

async function puppeteer(name, options, plugin) {
  let { default: driver } = await import("puppeteer-core");
  if (plugin) {
    driver = (await import("puppeteer-extra")).default.addExtra(driver);
    driver.use((await import("puppeteer-extra-plugin-stealth")).default());
  }
  const browser = await driver.launch({ env, ...options });
  try {
    const page = await browser.newPage();
    page.on("console", (message) => message.type() !== "endGroup" && console.error(`${name}: ${message.type()} ${message.text()}`));
    page.on("pageerror", (error) => console.error(`${name}: ${error}`));
    await page.goto(pageOf(name));
    await settled(name);
    await page.evaluate(focusField);
    await pause(300);
  } finally {
    await browser.close();
  }
}

// Started as a visitor starts it, with nobody to drive it.
async function alone(name, command, args, address = pageOf(name)) {
  const profile = await mkdtemp(join(tmpdir(), "gait-probes-"));
  const browser = spawn(command, [...args(profile), address], { env, stdio: "ignore" });
  try {
    await settled(name);
  } finally {
    browser.kill();
    await new Promise((resolve) => browser.once("exit", resolve));
    await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

// A page that hides what it is, as scripts that are injected before all others do.
const hiding = () => {
  Object.defineProperty(navigator, "webdriver", { get: () => false });
  window.cdc_left = 1;
  const { query } = Permissions.prototype;
  Permissions.prototype.query = function (description) {
    return query.call(this, description);
  };
  const { getParameter } = WebGLRenderingContext.prototype;
  WebGLRenderingContext.prototype.getParameter = new Proxy(getParameter, {
    apply: (target, self, args) => (args[0] === 0x9246 || args[0] === 0x1f01 ? "ANGLE (Intel, Mesa Intel(R) UHD Graphics 620)" : Reflect.apply(target, self, args)),
  });
};

async function hidden(name) {
  const { chromium } = await import("playwright-core");
  const browser = await chromium.launch({ executablePath, args: [...quiet, "--disable-blink-features=AutomationControlled"] });
  try {
    const page = await browser.newPage();
    await page.addInitScript(hiding);
    await page.goto(pageOf(name));
    await settled(name);
  } finally {
    await browser.close();
  }
}

// Removed before the page runs, as many scripts do.
async function removed(name) {
  const { chromium } = await import("playwright-core");
  const browser = await chromium.launch({ executablePath, args: quiet });
  try {
    const page = await browser.newPage({ userAgent });
    await page.addInitScript(() => delete Object.getPrototypeOf(navigator).webdriver);
    await page.goto(pageOf(name));
    await settled(name);
  } finally {
    await browser.close();
  }
}

// WebDriver without the switch that says so.
async function chromedriver(name) {
  const hands = await startChromedriver({ args: ["--disable-blink-features=AutomationControlled"], exclude: ["enable-automation"], size: { width: 1280, height: 720 } });
  try {
    await hands.goto(pageOf(name));
    await settled(name);
    await hands.sendKeys("input", "a");
    await pause(300);
  } finally {
    await hands.close();
  }
}

const userAgent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36";
const chromiumAlone = (profile) => [...quiet, `--user-data-dir=${profile}`, "--password-store=basic"];
// Developer tools are there when the page comes.
const later = (name) => `data:text/html,<meta http-equiv="refresh" content="6;url=${pageOf(name)}">`;

const located = { geolocation: { latitude: 52.52437, longitude: 13.41053, accuracy: 30 }, permissions: ["geolocation"] };

const drivers = {
  "alone": (name) => alone(name, executablePath, chromiumAlone),
  "devtools": (name) => alone(name, executablePath, (profile) => [...chromiumAlone(profile), "--auto-open-devtools-for-tabs"], later(name)),
  "playwright": (name) => playwright(name, "playwright-core", true),
  "playwright-headed": (name) => playwright(name, "playwright-core", false),
  "playwright-geo": (name) => playwright(name, "playwright-core", true, located),
  "playwright-tag-geo": (name) => playwright(name, "playwright-core", true, located),
  "playwright-optout-geo": (name) => playwright(name, "playwright-core", true, located),
  "patchright": (name) => playwright(name, "patchright-core", true),
  "patchright-headed": (name) => playwright(name, "patchright-core", false),
  "patchright-window": (name) => playwright(name, "patchright-core", false, { viewport: null }),
  "patchright-agent": (name) => playwright(name, "patchright-core", true, { userAgent }),
  "puppeteer": (name) => puppeteer(name, { executablePath, args: quiet }),
  "puppeteer-headed": (name) => puppeteer(name, { executablePath, args: quiet, headless: false }),
  "stealth": (name) => puppeteer(name, { executablePath, args: quiet, headless: false, defaultViewport: null }, true),
  "hidden": hidden,
  "removed": removed,
  "chromedriver": chromedriver,
  "firefox-alone": (name) => alone(name, "firefox-esr", (profile) => ["--profile", profile, "--no-remote"]),
  "firefox-bidi": (name) => puppeteer(name, { browser: "firefox", executablePath: "/usr/bin/firefox-esr" }),
};

try {
  for (const name of only.length ? only : Object.keys(drivers)) {
    try {
      await drivers[name](name);
      console.log(name);
    } catch (error) {
      console.error(`${name}: ${error}`);
      process.exitCode = 1;
    }
  }
} finally {
  display.close();
}
