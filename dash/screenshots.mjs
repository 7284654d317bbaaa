// Takes the pictures of the dashboard that the README and docs show, from a demo
// that is running and signs its visitor in:
//
//   node dash/screenshots.mjs --url http://127.0.0.1:8080 --out docs/img
//
// With --all, every view in both themes and both widths, to look at while
// changing them.
import { mkdir } from 'node:fs/promises';
import { chromium } from 'playwright-core';
import { executablePath, flags, quiet } from '../attack/lib/browser.mjs';

const { url, out, all = false } = flags();
const sizes = { wide: { width: 1440, height: 900 }, narrow: { width: 390, height: 844 } };

/** What is kept in docs/img: every view once wide and once narrow, and what the README shows in the dark too. */
const kept = (view, size, theme) =>
  `${size} ${theme}` === 'wide light' || `${size} ${theme}` === 'narrow dark' || (size === 'wide' && ['overview', 'session'].includes(view));

/** Moves a slider, so that there is something to see. */
async function lighten(page) {
  const slider = page.getByRole('slider', { name: 'Automated browser' });
  await slider.focus();
  for (let i = 0; i < 80; i++) await page.keyboard.press('ArrowLeft');
  await page.getByText('would change band').waitFor();
}

const views = {
  overview: { path: '' },
  sessions: { path: 'sessions' },
  filtered: { path: 'sessions?min=50&p=7d' },
  session: { path: (machine) => `sessions/${machine}` },
  users: { path: 'users' },
  tags: { path: 'tags' },
  tag: { path: 'tags/detail?tag=recorded' },
  routes: { path: 'routes' },
  policy: { path: 'policy', then: lighten },
  install: { path: 'install' },
  settings: { path: 'settings' },
  keys: { path: 'keys' },
  members: { path: 'members' },
  audit: { path: 'audit' },
  account: { path: 'account' },
};

/** Asks the API as the page's account does. */
const ask = (page, path) => page.evaluate(async (p) => (await fetch(`/api/v1/${p}${p.includes('?') ? '&' : '?'}workspace=1`)).json(), path);

/** Waits until the demo has taken its example sessions in. */
async function settled(page) {
  let before = -1;
  for (let i = 0; i < 60; i++) {
    const { sessions } = await ask(page, 'sessions/count');
    if (sessions > 0 && sessions === before) return;
    before = sessions;
    await page.waitForTimeout(1500);
  }
  throw new Error('the demo has no example sessions');
}

await mkdir(out, { recursive: true });
const browser = await chromium.launch({ executablePath, args: quiet });
try {
  let machine = '';
  for (const colorScheme of ['light', 'dark']) {
    for (const [size, viewport] of Object.entries(sizes)) {
      const context = await browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce' });
      await context.addInitScript(() => localStorage.setItem('gait.guide', 'done'));
      const page = await context.newPage();
      await page.goto(`${url}/dash/`);
      await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
      if (!machine) {
        await settled(page);
        const found = await ask(page, 'sessions?min=70&flag=centered_clicks&limit=1');
        machine = found.items[0].id;
      }
      for (const [name, { path, then }] of Object.entries(views)) {
        if (!all && !kept(name, size, colorScheme)) continue;
        await page.goto(`${url}/dash/${typeof path === 'function' ? path(machine) : path}`);
        await page.waitForLoadState('load');
        await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached', timeout: 15_000 });
        await then?.(page);
        await page.waitForTimeout(800);
        await page.evaluate(() => window.scrollTo(0, 0));
        await page.screenshot({ path: `${out}/dash-${name}-${size}-${colorScheme}.png` });
      }
      await context.close();
    }
  }
} finally {
  await browser.close();
}
