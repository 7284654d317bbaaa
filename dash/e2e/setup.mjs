// From the link that the server prints to an account and an empty overview.
import { check, given, heading, look, password, patience, same, scenario, visitor } from './lib.mjs';

await scenario(async (browser, seen) => {
  const ada = await visitor(browser, { refused: [400, 404] });
  const page = await ada.newPage();

  // Without the link the dashboard says how to get one.
  await page.goto('/dash/');
  await heading(page, 'Set Gait up').waitFor();
  check(await page.getByText('gait serve').isVisible(), 'who has no link is not told of gait serve');
  check((await page.getByRole('textbox').count()) === 0, 'there is a form without a link');

  await look(page, 'no link');

  await page.goto(`/dash/setup#${given.token}`);
  await heading(page, 'Set Gait up').waitFor();
  check(await page.getByText('owner of the workspace Main').isVisible(), 'the workspace is not named');
  const create = page.getByRole('button', { name: 'Create the account' });
  await page.getByLabel('E-mail').fill('ada@example.org');
  await page.getByLabel('Name').fill('Ada');
  await page.getByLabel('Password').fill('short');
  await create.click();
  check(await page.getByLabel('Password').evaluate((e) => e.matches(':invalid, [aria-invalid=true]')), 'a password of five letters is taken');
  await look(page, 'the setup');
  await page.getByLabel('Password').fill(password);
  await create.click();

  await heading(page, 'Overview').waitFor();
  same(new URL(page.url()).pathname + new URL(page.url()).hash, '/dash/', 'the address after the setup');
  await page.getByText('Nobody came in the last 7 days').waitFor();
  check(await page.getByRole('link', { name: 'Put the script into a page' }).isVisible(), 'the empty overview leads nowhere');
  await look(page, 'the empty overview');
  await page.goBack();
  check(!page.url().includes(given.token), 'back leads to the link again');
  await page.goto('/dash/');
  await heading(page, 'Overview').waitFor();

  seen.account = await (await ada.request.get('/api/v1/account')).json();
  seen.cookies = (await ada.cookies()).map(({ name, httpOnly, sameSite }) => ({ name, httpOnly, sameSite }));
  seen.stored = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }) + document.cookie);

  // The link works once: for others, and for who used it.
  for (const context of [await visitor(browser, { refused: [404] }), ada]) {
    const again = await context.newPage();
    await again.goto(`/dash/setup#${given.token}`);
    await again.getByRole('alert').getByText('Not here').waitFor({ timeout: patience });
    await look(again, 'a used link');
    check((await again.getByRole('textbox').count()) === 0, 'a used link shows a form');
  }
});
