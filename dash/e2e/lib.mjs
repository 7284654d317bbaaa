// What the scenarios in this folder share. Each drives the dashboard of a running
// server in Chromium:
//
//   node SCENARIO.mjs '{"url":"http://127.0.0.1:8080", …}'
//
// and prints {"problems":[…],"seen":{…}} as JSON: what was wrong, and what the test
// that started it looks at. Whatever a page's console complains of, whatever its
// policy forbids, and each request to another host is a problem.
import { readFile } from 'node:fs/promises';
import { chromium } from 'playwright-core';
import { answers, executablePath, quiet } from '../../attack/lib/browser.mjs';

/** What the test gave: url, and whatever else the scenario needs. */
export const given = JSON.parse(process.argv[2] ?? '{}');

export const password = 'a password for tests';

/** How long anything may take to show, in ms: machines that test are busy. */
export const patience = 15_000;

const problems = [];
/** What the scenario hands to its test. */
export const seen = {};

/** Notes a problem. */
export const note = (problem) => problems.push(problem);

/** Notes a problem unless the condition holds. */
export function check(condition, what) {
  if (!condition) problems.push(what);
  return Boolean(condition);
}

/** Notes a problem unless both are the same, as JSON. */
export function same(got, want, what) {
  return check(JSON.stringify(got) === JSON.stringify(want), `${what}: ${JSON.stringify(got)}, want ${JSON.stringify(want)}`);
}

/** Asks until the answer is true, or fails. */
export async function until(ask, what, ms = patience) {
  for (const end = Date.now() + ms; ; ) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

/** Plays a scenario with a browser, and prints what came of it. */
export async function scenario(play, { args = [] } = {}) {
  const browser = await chromium.launch({ executablePath, args: [...quiet, ...args] });
  try {
    await play(browser, seen);
  } catch (error) {
    problems.push(String(error?.stack ?? error));
    await picture(browser);
  } finally {
    await browser.close();
  }
  print();
}

export function print() {
  console.log(JSON.stringify({ problems, seen }));
}

/** Keeps what was on the screen when a scenario broke, in the folder GAIT_PICTURES. */
async function picture(browser) {
  const folder = process.env.GAIT_PICTURES;
  if (!folder) return;
  for (const [i, page] of browser.contexts().flatMap((c) => c.pages()).entries()) {
    await page.screenshot({ path: `${folder}/broken-${i}.png` }).catch(() => {});
  }
}

/**
 * A visitor with cookies of their own. Answers of the statuses in refused are
 * part of the scenario, and not the console's to complain of.
 */
export async function visitor(browser, { refused = [], url = given.url, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, baseURL: url, reducedMotion: 'reduce', ...options });
  context.setDefaultTimeout(patience);
  await context.exposeBinding('reportViolation', ({ page }, text) => {
    problems.push(`the policy of ${page.url()} forbids ${text}`);
  });
  await context.addInitScript(() => {
    addEventListener('securitypolicyviolation', (e) => window.reportViolation?.(`${e.effectiveDirective} ${e.blockedURI}`));
  });
  context.on('page', (page) => watch(page, new URL(url).host, refused));
  return context;
}

function watch(page, host, refused) {
  page.on('pageerror', (error) => problems.push(`an error in ${page.url()}: ${error.stack}`));
  page.on('console', (message) => {
    if (!['error', 'warning'].includes(message.type())) return;
    const status = Number(/the server responded with a status of (\d+)/.exec(message.text())?.[1]);
    if (!refused.includes(status)) problems.push(`the console of ${page.url()}: ${message.text()} ${message.location().url}`);
  });
  page.on('request', (request) => {
    const u = new URL(request.url());
    if (!['data:', 'blob:', 'about:'].includes(u.protocol) && u.host !== host) problems.push(`a request to ${request.url()}`);
  });
}

/** Makes an account by a link's token, without a page, and leaves the visitor signed in. */
export async function join(context, token, name) {
  const answer = await context.request.post('/api/v1/account/setup', {
    data: { token, email: `${name.toLowerCase()}@example.org`, name, password },
  });
  if (!answer.ok()) throw new Error(`no account for ${name}: ${answer.status()} ${await answer.text()}`);
  return answer.json();
}

/** Asks the API as a visitor; fails unless it answers with the status. */
export async function ask(context, method, path, { data, status = 200, query = {} } = {}) {
  const params = { workspace: '1', ...query };
  const answer = await context.request.fetch(`/api/v1${path}`, { method, params, ...(data === undefined ? {} : { data }) });
  if (answer.status() !== status) throw new Error(`${method} ${path}: ${answer.status()} ${await answer.text()}, want ${status}`);
  const text = await answer.text();
  return text ? JSON.parse(text) : undefined;
}

/** A view's first heading. */
export const heading = (page, name) => page.getByRole('heading', { level: 1, name, exact: true });

/** Opens a view and waits for its heading. */
export async function open(page, path, name) {
  await page.goto(path);
  await heading(page, name).waitFor();
}

/** Opens the menu of the account that is called so. */
async function accountMenu(page, name) {
  await page.getByRole('button', { name: new RegExp(`^${name}`) }).click();
  return page.getByRole('dialog', { name: 'Account', exact: true });
}

export async function signOut(page, name) {
  await (await accountMenu(page, name)).getByRole('button', { name: 'Sign out' }).click();
  await heading(page, 'Sign in').waitFor();
}

/** Fills the form of the gate that lets people in. */
export async function signIn(page, email, word) {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(word);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** All views with their headings, for a session with one route, tag and user. */
export const views = ({ session, route, tag, user, name }) => [
  ['/dash/', 'Overview'],
  ['/dash/sessions', 'Sessions'],
  [`/dash/sessions/${session}`, `Session ${session.slice(0, 8)}`],
  ['/dash/users', 'Users'],
  [`/dash/users/detail?user=${encodeURIComponent(user)}`, name],
  ['/dash/tags', 'Tags'],
  [`/dash/tags/detail?tag=${encodeURIComponent(tag)}`, tag],
  ['/dash/routes', 'Routes'],
  [`/dash/routes/detail?route=${encodeURIComponent(route)}`, route],
  ['/dash/policy', 'Policy'],
  ['/dash/install', 'Install'],
  ['/dash/settings', 'Settings'],
  ['/dash/keys', 'Keys'],
  ['/dash/members', 'Members'],
  ['/dash/audit', 'Audit log'],
  ['/dash/account', 'Your account'],
];

/** Waits until nothing in the view is being loaded. */
export async function settled(page) {
  await until(async () => (await page.locator('main[aria-busy=true], main [aria-busy=true]').count()) === 0, `${page.url()} is loaded`);
}

/** All rows that a filter admits, as the API lists them. */
export async function everyone(context, query = {}) {
  const rows = [];
  for (let cursor = ''; ; ) {
    const { items, next } = await ask(context, 'GET', '/sessions', { query: { ...query, limit: '200', ...(cursor && { cursor }) } });
    rows.push(...items);
    if (!(cursor = next)) return rows;
  }
}

/** The list's rows that are in the document, from the top. */
export const rowsOf = (page) => page.getByRole('table', { name: 'Sessions' }).getByRole('row').filter({ has: page.getByRole('cell') });

/** The sessions that these rows lead to. */
export const listed = (page) => rowsOf(page).getByRole('link').evaluateAll((links) => links.map((a) => a.pathname.split('/').pop()));

/**
 * Fills the demo's form as automation does: clicks in the middle, no way to them,
 * no rhythm, and a pause of rest ms after each field. Returns the session's id.
 */
export async function fillForm(page, rest = 0) {
  for (const [field, text] of Object.entries(answers)) {
    await page.click(field);
    await page.keyboard.type(text);
    await new Promise((done) => setTimeout(done, rest));
  }
  await page.click('#submit');
  return page.evaluate(() => sessionStorage.getItem('rtSessionId'));
}

const axe = await readFile(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');

/**
 * Notes what axe finds wrong with the page as it stands, in both themes, and by
 * how much it is wider than its window. Returns how many rules held.
 */
export async function look(page, what) {
  const width = page.viewportSize()?.width;
  let held = 0;
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe);
    const found = await page.evaluate(() => window.axe.run(document, { iframes: false }).then(({ violations, passes }) => ({ violations, held: passes.length })));
    for (const v of found.violations) {
      const where = v.nodes.slice(0, 3).map((n) => `${n.html.slice(0, 160)} ${(n.any[0] ?? n.all[0] ?? n.none[0])?.message ?? ''}`);
      problems.push(`${what}, ${width} px, ${colorScheme}: ${v.id} (${v.impact}), ${v.help}: ${where.join(' | ')}`);
    }
    held = Math.max(held, found.held);
  }
  const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  check(over <= 0, `${what}: ${over} px wider than the window of ${width}`);
  return held;
}
