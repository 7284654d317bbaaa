// Every view as axe sees it, in both themes, at the width that the test names.
import { check, given, heading, look as lookAt, open, scenario, settled, views, visitor } from './lib.mjs';

await scenario(async (browser, seen) => {
  const visit = await visitor(browser, { viewport: { width: given.width, height: given.width > 600 ? 900 : 844 }, refused: [404] });
  const page = await visit.newPage();
  seen.looks = 0;
  seen.rules = 0;

  const look = async (what) => {
    seen.rules = Math.max(seen.rules, await lookAt(page, what));
    seen.looks += 2;
  };

  for (const [path, name] of views(given)) {
    await open(page, path, name);
    await settled(page);
    await look(path);
  }
  await page.goto('/dash/nowhere');
  await heading(page, 'Not found').waitFor();
  await look('a view that is none');
  await page.goto(`/dash/sessions/${'f'.repeat(32)}`);
  await page.getByText('Not here').waitFor();
  await look('a session that is none');
  await page.goto('/dash/sessions?user=nobody');
  await page.getByText('No session fits').waitFor();
  await look('a list without rows');

  // What opens above the views.
  const dialog = page.getByRole('dialog').first();
  const above = async (path, name, what, { button, key }) => {
    await open(page, path, name);
    await settled(page);
    if (button) await page.getByRole('button', { name: button, exact: true }).click();
    else await page.keyboard.press(key);
    await dialog.waitFor();
    await look(what);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    if (button) check(await page.getByRole('button', { name: button, exact: true }).evaluate((e) => e === document.activeElement), `${what}: the focus does not go back`);
  };
  await above('/dash/keys', 'Keys', 'the dialog of a new key', { button: 'New key' });
  await above('/dash/members', 'Members', 'the dialog of an invitation', { button: 'Invite' });
  await above('/dash/sessions', 'Sessions', 'the menu of filters', { button: 'Filter' });
  await above('/dash/sessions', 'Sessions', 'the choice of days', { button: 'Days…' });
  await above('/dash/account', 'Your account', 'the palette', { key: 'Control+k' });
  await above('/dash/sessions', 'Sessions', 'the list of shortcuts', { key: '?' });
  if (given.width < 720) {
    await open(page, '/dash/', 'Overview');
    await page.getByRole('button', { name: 'Menu', exact: true }).click();
    await page.getByRole('navigation', { name: 'Main' }).waitFor();
    await look('the menu of views');
  }
});
