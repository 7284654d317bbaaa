// Goes through the dashboard without a pointer.
import { check, heading, listed, open, same, scenario, settled, until, visitor } from './lib.mjs';

await scenario(async (browser) => {
  const visit = await visitor(browser, { viewport: { width: 1280, height: 800 } });
  const page = await visit.newPage();
  const press = (...keys) => keys.reduce((done, key) => done.then(() => page.keyboard.press(key)), Promise.resolve());
  const focused = () => page.evaluate(() => document.activeElement?.innerText || document.activeElement?.getAttribute('aria-label') || document.activeElement?.id);

  await open(page, '/dash/', 'Overview');
  await settled(page);
  await press('Tab');
  same(await focused(), 'Skip to the content', 'what Tab reaches first');
  await press('Enter');
  same(await page.evaluate(() => document.activeElement.id), 'main', 'where the skip link leads');

  // Two letters lead to a view, whose heading has the focus then.
  await press('g', 's');
  await heading(page, 'Sessions').waitFor();
  await until(async () => (await focused()) === 'Sessions', 'the heading has the focus');
  same(await page.title(), 'Sessions · Gait', 'the title');
  await until(async () => (await listed(page)).length > 5, 'the list has rows');
  const ids = await listed(page);
  const at = () => page.evaluate(() => document.activeElement?.pathname?.split('/').pop());
  await press('j');
  same(await at(), ids[0], 'the first j');
  await press('j', 'j');
  same(await at(), ids[2], 'two more');
  await press('k');
  same(await at(), ids[1], 'k');

  // Far down, into a session, and back to where one was.
  for (let i = 0; i < 60; i++) await press('j');
  // On a busy machine a row is drawn, and has the focus, a moment after its key; it is the 62nd below the head.
  await until(() => page.evaluate(() => document.activeElement.closest('[role=row]')?.ariaRowIndex === '63'), 'the row has the focus');
  const far = await at();
  const visible = () => page.evaluate(() => {
    const { top, bottom } = document.activeElement.getBoundingClientRect();
    return top >= 0 && bottom <= innerHeight;
  });
  check(await visible(), 'the row with the focus is out of sight');
  const depth = await page.evaluate(() => scrollY);
  check(depth > 500, `60 rows down is only ${depth} px`);
  await press('Enter');
  await heading(page, `Session ${far.slice(0, 8)}`).waitFor();
  check((await page.title()).startsWith(`Session ${far.slice(0, 8)}`), `the title is ${await page.title()}`);
  await settled(page);

  // The moment, by its slider.
  const moment = page.getByRole('slider', { name: 'Moment of the session' });
  await moment.focus();
  const before = await moment.getAttribute('aria-valuenow');
  await press('ArrowRight', 'ArrowRight');
  await until(async () => (await moment.getAttribute('aria-valuenow')) !== before, 'the arrow moves the playhead');

  await page.goBack();
  await heading(page, 'Sessions').waitFor();
  await until(async () => Math.abs((await page.evaluate(() => scrollY)) - depth) < 60, `back is at ${depth} px again`);
  check((await listed(page)).includes(far), 'the row one came from is not there');

  // Search, the palette, the list of shortcuts.
  await press('/');
  same(await page.evaluate(() => document.activeElement.type), 'search', 'what / reaches');
  await page.keyboard.type('task');
  await page.waitForURL(/q=task/);
  await press('Control+k');
  const palette = page.getByRole('dialog', { name: 'Go to' });
  await palette.waitFor();
  await page.keyboard.type('keys');
  await press('Enter');
  await heading(page, 'Keys').waitFor();
  await press('?');
  const keys = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await keys.waitFor();
  await press('g', 'o');
  check(await keys.isVisible(), 'letters lead away from under a dialog');
  await press('Escape');
  await keys.waitFor({ state: 'detached' });

  // A dialog keeps the focus in, and gives it back.
  await page.getByRole('button', { name: 'New key' }).focus();
  await press('Enter');
  const made = page.getByRole('dialog', { name: 'New key' });
  await made.waitFor();
  for (let i = 0; i < 12; i++) {
    await press('Tab');
    const inside = await page.evaluate(() => document.activeElement === document.body || document.activeElement.closest('dialog') !== null);
    if (!check(inside, 'Tab leaves the dialog')) break;
  }
  await press('Escape');
  await made.waitFor({ state: 'detached' });
  same(await focused(), 'New key', 'what has the focus after the dialog');
  await press('Enter');
  await made.getByRole('button', { name: 'Cancel' }).focus();
  await press('Enter');
  await made.waitFor({ state: 'detached' });
  same(await focused(), 'New key', 'what has the focus after Cancel');
});
