// Fills the form of the demo's signup page from outside the browser: xdotool
// moves the X server's pointer along curves and presses its keys. The browser is
// started like any other, with no automation in it.
//
//   node attack/desktop.mjs --url http://127.0.0.1:8080 --seed 1
//
// Where the fields are is measured beforehand in a browser of the same size.
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import { openDisplay } from './lib/display.mjs';
import { answers, executablePath, flags, quiet } from './lib/browser.mjs';

const width = 1280;
const height = 720;
const { url, seed = '1', screenshot } = flags();
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** A small generator of numbers in [0, 1), the same for the same seed. */
function generator(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
const random = generator(Number(seed));
const between = (lo, hi) => lo + random() * (hi - lo);

/** Boxes of the fields as they are before scrolling, and of the button at the end. */
async function measure() {
  const browser = await chromium.launch({ executablePath, args: quiet });
  try {
    const page = await browser.newPage({ viewport: { width, height } });
    // The tracker must not take this visit for a session.
    await page.route('**/rt.js', (route) => route.abort());
    await page.goto(`${url}/demo/signup`);
    const boxes = {};
    for (const field of Object.keys(answers)) boxes[field] = await page.locator(field).boundingBox();
    await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight));
    await pause(500);
    boxes['#submit'] = await page.locator('#submit').boundingBox();
    return boxes;
  } finally {
    await browser.close();
  }
}

const boxes = await measure();
const display = await openDisplay(width, height);
const profile = await mkdtemp(join(tmpdir(), 'gait-desktop-'));
const env = { ...process.env, DISPLAY: display.name };
const xdotool = async (...args) => promisify(execFile)('xdotool', args.map(String), { env });

let at = { x: 640, y: 650 };

/** Moves the pointer along a curve, fast in the middle and slow at both ends. */
async function moveTo(x, y) {
  const from = at;
  const length = Math.hypot(x - from.x, y - from.y);
  const steps = Math.max(12, Math.round(length / between(9, 14)));
  const bend = between(-0.2, 0.2) * length;
  const normal = { x: -(y - from.y) / (length || 1), y: (x - from.x) / (length || 1) };
  const args = [];
  for (let i = 1; i <= steps; i++) {
    const u = i / steps;
    const eased = u * u * (3 - 2 * u);
    const side = Math.sin(Math.PI * eased) * bend;
    args.push('mousemove', Math.round(from.x + (x - from.x) * eased + normal.x * side), Math.round(from.y + (y - from.y) * eased + normal.y * side));
    args.push('sleep', between(0.007, 0.012).toFixed(4));
  }
  await xdotool(...args);
  at = { x, y };
}

async function clickIn(box) {
  await moveTo(Math.round(box.x + box.width * between(0.2, 0.6)), Math.round(box.y + box.height * between(0.25, 0.75)));
  await xdotool('sleep', between(0.05, 0.15).toFixed(3), 'mousedown', 1, 'sleep', between(0.06, 0.12).toFixed(3), 'mouseup', 1);
}

const keysyms = { ' ': 'space', '.': 'period', '@': 'at', ',': 'comma' };

async function type(text) {
  const args = [];
  for (const c of text) {
    const key = keysyms[c] ?? c;
    args.push('keydown', key, 'sleep', between(0.05, 0.13).toFixed(3), 'keyup', key);
    args.push('sleep', (c === ' ' ? between(0.1, 0.4) : between(0.02, 0.18)).toFixed(3));
  }
  await xdotool(...args);
}

const browser = spawn(executablePath, [
  ...quiet, '--kiosk', `--window-size=${width},${height}`, '--window-position=0,0', `--user-data-dir=${profile}`,
  '--password-store=basic', '--disable-features=Translate', `${url}/demo/signup`,
], { env, stdio: 'ignore' });
try {
  await pause(6000);
  await xdotool('mousemove', at.x, at.y);
  for (const [field, text] of Object.entries(answers)) {
    await clickIn(boxes[field]);
    await type(text);
    await pause(between(300, 700));
  }
  // The wheel, over the form, to the end of the page.
  await moveTo(at.x + 5, at.y + 12);
  for (let i = 0; i < 40; i++) await xdotool('click', 5, 'sleep', between(0.02, 0.06).toFixed(3));
  await pause(800);
  await clickIn(boxes['#submit']);
  await pause(3000);
  if (screenshot) await promisify(execFile)('import', ['-window', 'root', screenshot], { env });
  console.log(JSON.stringify({ done: true }));
} finally {
  browser.kill();
  await new Promise((resolve) => browser.once('exit', resolve));
  display.close();
  await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
