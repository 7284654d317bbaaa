// A search for what few of very many sessions have: the server answers in parts, and
// the list says how far they come, goes on, stops and goes on when it is told to.
import { ask, check, listed, look, open, rowsOf, same, scenario, until, visitor } from './lib.mjs';

const day = 86_400_000;
const now = Date.now();

/** Parts of the whole, and those in which something is found. */
const parts = 40;
const finds = new Set([25, 31]);

await scenario(async (browser, seen) => {
  const visit = await visitor(browser, { viewport: { width: 1440, height: 900 } });
  const page = await visit.newPage();
  const pattern = (await ask(visit, 'GET', '/sessions', { query: { limit: '1' } })).items[0];
  let asked = 0;
  await visit.route('**/api/v1/sessions/count*', (route) => route.fulfill({ json: { sessions: 0, at_least: true } }));
  await visit.route('**/api/v1/sessions?*', async (route) => {
    const query = new URL(route.request().url()).searchParams;
    const n = Number(query.get('cursor') ?? 0);
    asked++;
    await new Promise((done) => setTimeout(done, 100));
    const found = finds.has(n) && query.get('country') === 'NZ';
    const items = found ? [{ ...pattern, id: n.toString(16).padStart(32, '0'), started_at: new Date(now - n * day).toISOString() }] : [];
    const more = n + 1 < parts;
    await route.fulfill({ json: { items, next: more ? String(n + 1) : '', searched_since: more ? now - (n + 1) * day : null } });
  });
  const said = async () => (await page.locator('[role=status][aria-live=polite]').allInnerTexts()).join(' ');
  const back = page.getByRole('main').getByText('Searched back to');
  const stop = page.getByRole('button', { name: 'Stop searching' });
  const further = page.getByRole('button', { name: 'Search further back' });

  // It goes on by itself, until somebody stops it.
  await open(page, '/dash/sessions?country=NZ', 'Sessions');
  await back.waitFor();
  await until(() => asked > 3, 'the search goes on by itself');
  await stop.focus();
  await page.keyboard.press('Enter');
  await further.waitFor();
  await until(async () => (await said()).includes('the search waits'), 'a screen reader hears that the search waits');
  seen.said = await said();
  check(await further.evaluate((b) => b === document.activeElement), 'the button has lost the focus');
  check(await page.getByText('Nothing found so far').isVisible(), 'the empty list does not say that there may be more');
  const stopped = asked;
  await new Promise((done) => setTimeout(done, 500));
  same(asked, stopped, 'requests after the search was stopped');
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 900 });
    await look(page, 'a search that waits');
  }
  await page.setViewportSize({ width: 1440, height: 900 });

  // And on, with what it finds, to the end.
  await page.keyboard.press('Enter');
  await until(async () => (await listed(page)).length === 1, 'the first is found');
  check(await back.isVisible(), 'the list does not say how far it was searched');
  check(await stop.isVisible(), 'a search with rows cannot be stopped');
  await until(async () => (await listed(page)).length === 2, 'the second is found');
  await until(async () => (await said()).includes('Everything is searched: 2 sessions found'), 'a screen reader hears that the search is over');
  check(asked === parts || asked === parts + 1, `${asked} of ${parts} parts were asked for, the one that was stopped twice at most`);
  check(await page.getByText('2 sessions', { exact: true }).isVisible(), 'the heading does not say what was found');
  same(await back.count(), 0, 'words on how far it was searched, at the end');
  check((await rowsOf(page).count()) === 2, 'the rows are gone');

  // Nothing at all.
  asked = 0;
  await open(page, '/dash/sessions?country=XX', 'Sessions');
  await page.getByText('No session fits').waitFor();
  same(asked, parts, 'parts that were asked for, where nothing is found');

  // Users are searched likewise.
  const user = { user_id: 'rare', user_name: 'Rare', user_url: '', first_at: pattern.started_at, last_at: pattern.started_at, max_score: 5, sessions: 1, suspect: 0, machine: 0 };
  let release;
  const held = new Promise((done) => (release = done));
  await visit.route('**/api/v1/users?*', async (route) => {
    const n = Number(new URL(route.request().url()).searchParams.get('cursor') ?? 0);
    if (n === 3) await held;
    await route.fulfill({ json: { items: n === 4 ? [user] : [], next: n < 4 ? String(n + 1) : '', searched_since: n < 4 ? now - n * day : null } });
  });
  await open(page, '/dash/users?q=rare', 'Users');
  await page.getByText('Nobody found so far').waitFor();
  check(await back.isVisible(), 'the list of users does not say how far it was searched');
  release();
  await page.getByRole('link', { name: 'Rare' }).waitFor();
});
