// Playwright and its two patched relatives.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { executablePath, quiet } from '../lib/browser.mjs';
import { pause } from '../lib/time.mjs';
import { Hands } from './hands.mjs';

class Playwright extends Hands {
  constructor(page, ends) {
    super();
    Object.assign(this, { page, ends });
  }

  goto(url, until = 'load') {
    return this.page.goto(url, { waitUntil: until });
  }

  evaluate(fn, ...args) {
    return this.page.evaluate(`(${fn})(...${JSON.stringify(args)})`);
  }

  async move(x, y, steps) {
    await this.page.mouse.move(x, y, steps && { steps });
    this.at = { x, y };
  }

  down() {
    return this.page.mouse.down();
  }

  up() {
    return this.page.mouse.up();
  }

  wheel(dy) {
    return this.page.mouse.wheel(0, dy);
  }

  clickAt(x, y) {
    return this.page.mouse.click(x, y);
  }

  keyDown(key) {
    return /^[ -~]$|^[A-Z]\w+$/.test(key) ? this.page.keyboard.down(key) : this.page.keyboard.insertText(key);
  }

  async keyUp(key) {
    if (/^[ -~]$|^[A-Z]\w+$/.test(key)) await this.page.keyboard.up(key);
  }

  insert(text) {
    return this.page.keyboard.insertText(text);
  }

  type(text, delay) {
    return this.page.keyboard.type(text, delay ? { delay } : undefined);
  }

  click(selector) {
    return this.page.click(selector);
  }

  fill(selector, text) {
    return this.page.fill(selector, text);
  }

  choose(selector, value) {
    return this.page.selectOption(selector, value);
  }

  screenshot() {
    return this.page.screenshot();
  }

  /** The page as its accessibility tree says it, as agents read it. */
  outline() {
    return this.page.locator('body').ariaSnapshot();
  }

  async copy(text) {
    await this.page.evaluate((value) => navigator.clipboard.writeText(value), text);
  }

  leave() {
    return this.page.goto('about:blank');
  }

  async close() {
    for (const end of this.ends) await end();
  }
}

/**
 * Starts a browser: library is playwright-core, patchright-core or
 * rebrowser-playwright-core; with profile it is started with a profile of its own and
 * the window's own size, as the patched ones advise.
 */
export async function start({ library = 'playwright-core', headed = false, args = [], userAgent, profile = false, display, size }) {
  const { chromium } = await import(library);
  const options = {
    executablePath,
    headless: !headed,
    args: [...quiet, ...args, ...(headed ? [`--window-size=${size.width},${size.height}`, '--window-position=0,0'] : [])],
    env: { ...process.env, ...(display && { DISPLAY: display }) },
  };
  const page = { ...(userAgent && { userAgent }), ...(profile ? { viewport: null } : {}), permissions: ['clipboard-read', 'clipboard-write'] };
  if (profile) {
    const directory = await mkdtemp(join(tmpdir(), 'gait-profile-'));
    const context = await chromium.launchPersistentContext(directory, { ...options, ...page });
    const clean = async () => {
      await pause(200);
      await rm(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    };
    const hands = new Playwright(context.pages()[0] ?? (await context.newPage()), [() => context.close(), clean]);
    hands.agent = `${library} ${context.browser()?.version() ?? ''}`.trim();
    return hands;
  }
  const browser = await chromium.launch(options);
  const context = await browser.newContext(page);
  const hands = new Playwright(await context.newPage(), [() => browser.close()]);
  hands.agent = `${library} chromium ${browser.version()}`;
  return hands;
}
