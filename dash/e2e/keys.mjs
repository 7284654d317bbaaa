// A secret key from its making to its end.
import { ask, check, given, join, open, same, scenario, until, visitor } from './lib.mjs';

/** How long a server may go on taking a key that was revoked, in ms. */
const afterlife = 6000;

await scenario(async (browser, seen) => {
  const ada = await visitor(browser);
  await join(ada, given.token, 'Ada');
  const page = await ada.newPage();
  await open(page, '/dash/keys', 'Keys');

  const use = (key) => fetch(`${given.url}/v1/sessions/${given.session}/report`, { headers: { Authorization: `Bearer ${key}` } });
  const make = async (name, api) => {
    await page.getByRole('button', { name: 'New key' }).click();
    const dialog = page.getByRole('dialog', { name: 'New key' });
    await dialog.getByLabel('Name').fill(name);
    await dialog.getByLabel('API').selectOption({ label: api });
    await dialog.getByLabel('Ends').selectOption({ label: 'In 30 days' });
    await dialog.getByRole('button', { name: 'Make the key' }).click();
    const shown = page.getByRole('dialog', { name: 'Keep it now' });
    const key = await shown.getByRole('region', { name: 'the key' }).innerText();
    await shown.getByRole('button', { name: 'I have kept it' }).click();
    await shown.waitFor({ state: 'detached' });
    return key;
  };
  const row = (name) => page.getByRole('row').filter({ hasText: name });

  const key = await make('Till of the shop', 'Gait and Roundtable (sk-…)');
  check(/^sk-[\w-]{40,}$/.test(key), `a key of Roundtable's dialect: ${key}`);
  await row('Till of the shop').waitFor();
  check(!(await page.content()).includes(key), 'the key is still in the page');
  const hint = await row('Till of the shop').getByRole('code').innerText();
  check(hint.length < 20 && key.startsWith(hint.split('…')[0]), `the hint ${hint}`);
  await page.reload();
  await row('Till of the shop').waitFor();
  check(!(await page.content()).includes(key), 'the key is shown again');
  const listed = JSON.stringify(await ask(ada, 'GET', '/keys'));
  check(!listed.includes(key), 'the list tells the key');

  same((await use(key)).status, 200, 'a report with the new key');
  await until(
    async () => (await ask(ada, 'GET', '/keys')).items.find((k) => k.name === 'Till of the shop').last_used_at,
    'the use is noted',
  );
  await page.reload();
  await row('Till of the shop').waitFor();
  const [, , , used] = await row('Till of the shop').getByRole('cell').allInnerTexts();
  check(/ ago|now/.test(used), `used: ${used}`);

  const other = await make('Panel', 'NotAI (aik_v1_…)');
  check(/^aik_v1_/.test(other), `a key of NotAI's dialect: ${other}`);
  const list = () => fetch(`${given.url}/v1/sessions`, { headers: { Authorization: `Bearer ${other}` } });
  same((await list()).status, 200, 'a list with the other key');

  await page.getByRole('button', { name: 'Revoke Till of the shop' }).click();
  const confirm = page.getByRole('dialog', { name: 'Revoke the key?' });
  await confirm.getByRole('button', { name: 'Cancel' }).click();
  same((await use(key)).status, 200, 'a report after not revoking');
  await page.getByRole('button', { name: 'Revoke Till of the shop' }).click();
  await confirm.getByRole('button', { name: 'Revoke', exact: true }).click();
  await row('Till of the shop').getByText('Revoked').waitFor();
  const since = Date.now();
  await until(async () => (await use(key)).status === 401, 'the revoked key is refused', afterlife);
  seen.refused_after_ms = Date.now() - since;
  check(!(await page.getByRole('button', { name: 'Revoke Till of the shop' }).isVisible()), 'a revoked key can be revoked');
  same((await list()).status, 200, 'a list with the key that was not revoked');

  await open(page, '/dash/audit', 'Audit log');
  const log = page.getByRole('table', { name: 'Audit log' });
  await log.getByRole('row').filter({ hasText: hint }).filter({ hasText: 'Ada' }).first().waitFor();
  seen.audit = (await ask(ada, 'GET', '/audit')).items.map(({ action, by }) => `${action} by ${by}`);
});
