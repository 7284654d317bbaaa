// Watches the list and the overview while somebody visits a page.
import { check, everyone, fillForm, listed, open, rowsOf, same, scenario, until, visitor } from './lib.mjs';

await scenario(async (browser, seen) => {
  const watcher = await visitor(browser, { viewport: { width: 1440, height: 900 } });
  const page = await watcher.newPage();
  await open(page, '/dash/sessions', 'Sessions');
  await until(async () => (await listed(page)).length > 0, 'the list has rows');
  await page.getByText('Live', { exact: true }).first().waitFor();
  await page.evaluate(() => (window.sameDocument = true));
  const [before] = await listed(page);

  const overview = await watcher.newPage();
  await open(overview, '/dash/', 'Overview');
  const tile = overview.getByRole('link', { name: /^Live now/ });
  const live = async () => Number(/\d+/.exec((await tile.innerText()).replace(/^Live now/, ''))?.[0]);
  await tile.waitFor();
  const liveBefore = await live();

  const guest = await visitor(browser);
  const form = await guest.newPage();
  const began = Date.now();
  await form.goto('/demo/signup');
  const id = await fillForm(form);

  // What is read stays where it is: the new one waits behind a button.
  const pill = page.getByRole('button', { name: /^\d+ new$/ });
  await pill.waitFor();
  seen.shown_after_ms = Date.now() - began;
  same((await listed(page))[0], before, 'the first row while a new one waits');
  await pill.click();
  await until(async () => (await listed(page))[0] === id, 'the new session is on top');
  const row = rowsOf(page).first();
  check((await row.getAttribute('data-fresh')) === 'true', 'the new session is not highlighted');
  check(await row.getByText('Live', { exact: true }).isVisible(), 'the new session is not marked as live');

  // The row follows the session without being asked.
  const want = await until(async () => {
    const { score, events } = (await everyone(watcher, { q: id }))[0] ?? {};
    return score >= 70 && { score, events };
  }, 'the session is judged');
  await until(async () => (await row.getByRole('cell').first().innerText()).startsWith(String(want.score)), `the row shows the score ${want.score}`);
  check(await page.evaluate(() => window.sameDocument === true), 'the document was loaded again');

  await overview.bringToFront();
  await until(async () => (await live()) === liveBefore + 1, `one more is live than ${liveBefore}`);
  seen.score = want.score;

  // News that do not fit the filter stay out of it.
  await page.bringToFront();
  const news = [];
  const cdp = await watcher.newCDPSession(page);
  await cdp.send('Network.enable');
  cdp.on('Network.eventSourceMessageReceived', (m) => m.eventName === 'sessions' && news.push(m.data));
  await open(page, '/dash/sessions?max=20', 'Sessions');
  await until(async () => (await listed(page)).length > 0, 'the filtered list has rows');
  const other = await guest.newPage(); // a session of its own, as every tab has
  await other.goto('/demo/signup');
  const second = await fillForm(other);
  await page.bringToFront();
  await until(() => news.some((data) => JSON.parse(data).items.some((r) => r.id === second && r.score > 20)), 'the second session is told of');
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  check(!(await pill.isVisible()), 'a machine is announced where only low scores are listed');
});
