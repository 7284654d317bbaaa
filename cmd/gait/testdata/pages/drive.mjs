// Visits the pages of this folder in a browser and prints what it found, as JSON:
//
//   node drive.mjs chrome|firefox URL page…
import puppeteer from 'puppeteer-core';
import { executablePath, firefoxPath, quiet, quietFirefox } from '../../../../attack/lib/browser.mjs';

const [name, base, ...pages] = process.argv.slice(2);
const browser = await puppeteer.launch({
  browser: name,
  headless: true,
  ...(name === 'chrome' ? { executablePath, args: quiet } : { executablePath: firefoxPath, extraPrefsFirefox: quietFirefox }),
});

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** What the document says of its session. */
const state = () => ({
  id: window.getRoundtableSessionId?.() ?? '',
  stored: sessionStorage.getItem('rtSessionId') ?? '',
  path: location.pathname,
  shown: document.querySelector('#shown')?.textContent ?? '',
  field: document.querySelector('#gait-session')?.value ?? '',
  embedded: window.embedded?.gait_session ?? '',
  badge: document.querySelector('.roundtable-badge')?.shadowRoot?.querySelector('.card')?.className ?? '',
  violations: window.violations ?? [],
});

// Whatever a page shows of the session is there a moment after the session is.
const settled = ({ id, shown, field, embedded, badge }, has) =>
  id && has.every((what) => ({ shown, field, embedded }[what] ?? id) === id) && (!has.includes('badge') || badge.includes('pass'));

const shows = { react: ['shown'], vue: ['shown'], form: ['field'], survey: ['embedded'], badge: ['badge'] };

async function until(frame, path, has) {
  let seen = {};
  for (const end = Date.now() + 10_000; Date.now() < end; ) {
    // The document may be gone in the middle of it.
    seen = await frame().evaluate(state).catch(() => seen);
    if (seen.path === path && settled(seen, has)) return seen;
    await pause(50);
  }
  return { ...seen, late: true };
}

async function visit(which) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  const problems = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => ['error', 'warn'].includes(message.type()) && problems.push(message.text()));
  await page.evaluateOnNewDocument(() => {
    window.violations = [];
    addEventListener('securitypolicyviolation', (event) => window.violations.push(`${event.effectiveDirective} ${event.blockedURI}`));
  });
  try {
    await page.goto(`${base}/${which}`);
    const inner = which === 'frame' ? 'plain' : which;
    const frame = () => (which === 'frame' ? page.frames()[1] : page.mainFrame());
    const before = await frame().evaluate(state);
    if (which === 'consent') await page.click('#agree');
    const first = await until(frame, `/${inner}`, shows[which] ?? []);
    await (await frame().waitForSelector('#next')).click();
    const second = await until(frame, `/${inner}/two`, shows[which] ?? []);
    await pause(1300); // so long that the probes, which come when the page is idle, come too
    const last = await frame().evaluate(state);
    problems.push(...first.violations, ...last.violations);
    return { page: which, before, first, second, outer: await page.evaluate(state), problems };
  } catch (error) {
    return { page: which, problems: [...problems, String(error?.stack ?? error)] };
  } finally {
    // What is left to send goes with the document.
    await page.goto('about:blank').catch(() => {});
  }
}

try {
  const found = [];
  const rest = [...pages];
  // Each mostly waits for something.
  await Promise.all([1, 2, 3, 4, 5, 6].map(async () => {
    for (let next = rest.shift(); next; next = rest.shift()) found.push(await visit(next));
  }));
  await pause(800); // the last requests are on their way
  console.log(JSON.stringify(found));
} finally {
  await browser.close();
}
