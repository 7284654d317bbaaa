// Puppeteer: with Chromium by CDP, with the stealth plugin, with ghost-cursor, and with
// Firefox by WebDriver BiDi.
import { createRequire } from 'node:module';
import puppeteer from 'puppeteer-core';
import { executablePath, firefoxPath, quiet, quietFirefox } from '../lib/browser.mjs';
import { Hands } from './hands.mjs';

const require = createRequire(import.meta.url);

class Puppeteer extends Hands {
  constructor(browser, page, cursor) {
    super();
    Object.assign(this, { browser, page, cursor });
  }

  goto(url, until = 'load') {
    return this.page.goto(url, { waitUntil: until === 'networkidle' ? 'networkidle0' : until });
  }

  evaluate(fn, ...args) {
    return this.page.evaluate(`(${fn})(...${JSON.stringify(args)})`);
  }

  /** A path may bend beyond the window's edge, where Firefox refuses to go. */
  async move(x, y, steps) {
    await this.page.mouse.move(Math.max(0, x), Math.max(0, y), steps && { steps });
    this.at = { x, y };
  }

  down() {
    return this.page.mouse.down();
  }

  up() {
    return this.page.mouse.up();
  }

  wheel(dy) {
    return this.page.mouse.wheel({ deltaY: dy });
  }

  clickAt(x, y) {
    return this.page.mouse.click(x, y);
  }

  keyDown(key) {
    return /^[ -~]$|^[A-Z]\w+$/.test(key) ? this.page.keyboard.down(key) : this.page.keyboard.sendCharacter(key);
  }

  async keyUp(key) {
    if (/^[ -~]$|^[A-Z]\w+$/.test(key)) await this.page.keyboard.up(key);
  }

  insert(text) {
    return this.page.keyboard.sendCharacter(text);
  }

  type(text, delay) {
    return this.page.keyboard.type(text, delay ? { delay } : undefined);
  }

  /** Puppeteer's own click, or ghost-cursor's where there is one. */
  async click(selector) {
    if (!this.cursor) return this.page.click(selector);
    // ghost-cursor does not always scroll to what it clicks.
    const { y, height, viewport } = await this.box(selector);
    if (y < 0 || y + height > viewport.height) await this.show(selector);
    return this.cursor.click(selector);
  }

  /** Puppeteer's locator does what others call fill. */
  fill(selector, text) {
    return this.page.locator(selector).fill(text);
  }

  choose(selector, value) {
    return this.page.select(selector, value);
  }

  screenshot() {
    return this.page.screenshot();
  }

  leave() {
    return this.page.goto('about:blank');
  }

  close() {
    return this.browser.close();
  }
}

export async function start({ browser: kind = 'chrome', headed = false, args = [], stealth = false, ghost = false, display, size }) {
  let library = puppeteer;
  if (stealth) {
    library = require('puppeteer-extra').addExtra(puppeteer);
    library.use(require('puppeteer-extra-plugin-stealth')());
  }
  const firefox = kind === 'firefox';
  const browser = await library.launch({
    browser: kind,
    executablePath: firefox ? firefoxPath : executablePath,
    headless: !headed,
    args: firefox ? [] : [...quiet, ...args, ...(headed ? [`--window-size=${size.width},${size.height}`, '--window-position=0,0'] : [])],
    defaultViewport: headed ? null : { width: 1280, height: 720 },
    env: { ...process.env, ...(display && { DISPLAY: display }) },
    ...(firefox && { extraPrefsFirefox: quietFirefox }),
  });
  const page = await browser.newPage(); // the stealth plugin does not reach the tab that is there
  const cursor = ghost ? require('ghost-cursor').createCursor(page) : undefined;
  const hands = new Puppeteer(browser, page, cursor);
  hands.agent = `puppeteer-core ${await browser.version()}`;
  return hands;
}
