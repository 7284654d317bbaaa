// A browser that was started like any other, and input from the X server: xdotool moves
// its pointer and presses its keys. Where things are is asked over the DevTools protocol,
// which enables nothing in the page.
import { execFile, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { executablePath, quiet } from '../lib/browser.mjs';
import { connect } from '../lib/cdp.mjs';
import { pause } from '../lib/time.mjs';
import { Hands } from './hands.mjs';

const run = promisify(execFile);
const keysyms = {
  ' ': 'space', '.': 'period', ',': 'comma', ';': 'semicolon', ':': 'colon', "'": 'apostrophe', '"': 'quotedbl', '!': 'exclam',
  '?': 'question', '-': 'minus', _: 'underscore', '@': 'at', '(': 'parenleft', ')': 'parenright', '/': 'slash', '&': 'ampersand',
  '#': 'numbersign', '+': 'plus', '=': 'equal', '*': 'asterisk', '%': 'percent', '$': 'dollar',
  Backspace: 'BackSpace', Enter: 'Return', ArrowDown: 'Down', ArrowUp: 'Up', Shift: 'shift', Control: 'ctrl', Tab: 'Tab', Space: 'space', PageDown: 'Next',
};
const shifted = /[A-Z:"!?_@()&#+*%$]/;

/** An unused port; it must not be 0, by which Chromium knows automation. */
async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export class Desktop extends Hands {
  wholePixels = true;
  top = 0; // of the page on the screen, px

  constructor(env, cdp, end) {
    super();
    Object.assign(this, { env, cdp, end });
  }

  xdotool(...args) {
    return run('xdotool', args.map(String), { env: this.env });
  }

  evaluate(fn, ...args) {
    return this.cdp.evaluate(fn, args);
  }

  /** Runs a function as one of the page's own scripts. */
  inject(fn, ...args) {
    return this.cdp.evaluate(fn, args, { main: true });
  }

  async goto(url) {
    await this.cdp.call('Page.navigate', { url });
    await this.cdp.call('Page.bringToFront'); // keys go to the page, as after a visitor's own navigation
  }

  /** A window that leaves room for others: where its page begins, and that it gets the keys. */
  async settle() {
    this.top = await this.evaluate(() => outerHeight - innerHeight);
    const { stdout } = await this.xdotool('search', '--onlyvisible', '--class', 'chromium');
    this.window = stdout.trim().split('\n').at(-1);
    await this.refocus();
  }

  /** Without a window manager a list that closes leaves the focus nowhere. */
  async refocus() {
    if (this.window) await this.xdotool('windowfocus', this.window);
  }

  async move(x, y) {
    await this.xdotool('mousemove', Math.max(0, Math.round(x)), Math.max(0, this.top + Math.round(y)));
    this.at = { x, y };
  }

  /** One call for the whole path, so that its times are kept. */
  async path(points) {
    const args = [];
    for (const { x, y, dt } of points) {
      if (dt) args.push('sleep', (dt / 1000).toFixed(4));
      args.push('mousemove', Math.max(0, Math.round(x)), Math.max(0, this.top + Math.round(y)));
    }
    if (args.length) await this.xdotool(...args);
    this.at = points.at(-1) ?? this.at;
  }

  async press(dwell) {
    await this.xdotool('mousedown', 1, ...(dwell ? ['sleep', (dwell / 1000).toFixed(4)] : []), 'mouseup', 1);
  }

  down() {
    return this.xdotool('mousedown', 1);
  }

  up() {
    return this.xdotool('mouseup', 1);
  }

  /** Turns the wheel by clicks of its button; Chromium scrolls 120 px each. */
  async wheels(rows) {
    const args = rows.flatMap(({ dy, dt }) => ['sleep', (dt / 1000).toFixed(4), 'click', dy > 0 ? 5 : 4]);
    if (args.length) await this.xdotool(...args);
  }

  async wheel(dy) {
    const clicks = Math.max(1, Math.round(Math.abs(dy) / 120));
    await this.xdotool('click', '--repeat', clicks, '--delay', 5, dy > 0 ? 5 : 4);
  }

  /** One call for all keys. Capitals are typed as on a keyboard: with Shift held. */
  async keys(events) {
    const timed = [];
    const downs = events.filter(({ down }) => down).map(({ at }) => at);
    for (const { at, key, down } of events) {
      const name = keysyms[key] ?? key;
      timed.push({ at, name, down });
      if (!down || key.length > 1 || !shifted.test(key)) continue;
      const next = downs.find((other) => other > at) ?? at + 200;
      const before = downs.findLast((other) => other < at) ?? at - 200;
      timed.push({ at: Math.max(at - 45, before + (at - before) * 0.7), name: 'shift', down: true });
      timed.push({ at: Math.min(at + 70, at + (next - at) * 0.7), name: 'shift', down: false });
    }
    timed.sort((a, b) => a.at - b.at);
    const args = [];
    let now = 0;
    for (const { at, name, down } of timed) {
      // An event of its own takes about 0.3 ms.
      if (at - now > 0.5) args.push('sleep', ((at - now) / 1000).toFixed(4));
      now = Math.max(now, at);
      const plain = /^[A-Z]$/.test(name) ? name.toLowerCase() : unshifted[name] ?? name;
      args.push(down ? 'keydown' : 'keyup', '--delay', 0, plain);
    }
    if (args.length) await this.xdotool(...args);
  }

  keyDown(key) {
    return this.xdotool('keydown', '--delay', 0, keysyms[key] ?? key);
  }

  keyUp(key) {
    return this.xdotool('keyup', '--delay', 0, keysyms[key] ?? key);
  }

  shortcut(modifier, key) {
    return this.xdotool('keydown', '--delay', 0, keysyms[modifier], 'sleep', 0.06, 'keydown', '--delay', 0, key, 'sleep', 0.07, 'keyup', '--delay', 0, key, 'sleep', 0.04, 'keyup', '--delay', 0, keysyms[modifier]);
  }

  /** xdotool's own typing. */
  type(text, delay) {
    return this.xdotool('type', '--delay', delay, text);
  }

  insert(text) {
    return this.cdp.call('Input.insertText', { text });
  }

  /** Puts a text where a paste finds it. */
  async copy(text) {
    const xclip = spawn('xclip', ['-selection', 'clipboard', '-loops', '0'], { env: this.env, stdio: ['pipe', 'ignore', 'ignore'] });
    xclip.stdin.end(text);
    this.xclip?.kill();
    this.xclip = xclip;
    await pause(120);
  }

  async screenshot() {
    const { data } = await this.cdp.call('Page.captureScreenshot', { format: 'png' });
    return Buffer.from(data, 'base64');
  }

  leave() {
    return this.goto('about:blank');
  }

  async close() {
    this.xclip?.kill();
    this.cdp.close();
    await this.end();
  }
}

/** The key that makes a character when Shift is held, on a US keyboard. */
const unshifted = {
  colon: 'semicolon', quotedbl: 'apostrophe', exclam: '1', question: 'slash', underscore: 'minus', at: '2', parenleft: '9', parenright: '0',
  ampersand: '7', numbersign: '3', plus: 'equal', asterisk: '8', percent: '5', dollar: '4',
};

/** args are Chromium's; height leaves room under the window for other ones. */
export async function start({ display, size, args = [], env: more = {}, url = 'about:blank', height = size.height }) {
  const env = { ...process.env, ...more, DISPLAY: display };
  const profile = await mkdtemp(join(tmpdir(), 'gait-desktop-'));
  const port = await freePort();
  const whole = height === size.height;
  const browser = spawn(executablePath, [
    ...quiet, ...(whole ? ['--kiosk'] : []), `--window-size=${size.width},${height}`, '--window-position=0,0', `--user-data-dir=${profile}`,
    `--remote-debugging-port=${port}`, '--password-store=basic', '--disable-features=Translate', ...args, ...(whole ? [url] : [`--app=${url}`]),
  ], { env, stdio: 'ignore' });
  const gone = new Promise((resolve) => browser.once('exit', resolve));
  const end = async () => {
    browser.kill();
    await gone;
    await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  try {
    const cdp = await connect(port);
    const hands = new Desktop(env, cdp, end);
    const { product } = await cdp.call('Browser.getVersion').catch(() => ({ product: 'Chromium' }));
    hands.agent = `desktop ${product}`;
    return hands;
  } catch (error) {
    await end();
    throw error;
  }
}
