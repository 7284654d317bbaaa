// What a new customer does: puts the script into a page and sees whether it works,
// names the origins, makes a second workspace, and looks at what is known of addresses.
import { ask, check, given, heading, look, open, same, scenario, until, visitor } from './lib.mjs';

/** How long a server may go on by the origins of before, in ms. */
const takesEffect = 6000;

await scenario(async (browser, seen) => {
  const owner = await visitor(browser, { refused: [403] });
  const page = await owner.newPage();
  const site = `${given.url}/demo/signup`;
  const step = (name) => page.getByRole('list', { name: 'What works' }).getByRole('listitem').filter({ hasText: name });

  // The script tag is this server's and this workspace's.
  await open(page, '/dash/install', 'Install');
  const { site_key: key } = await ask(owner, 'GET', '/workspace');
  const tag = await page.getByRole('region', { name: 'the script tag' }).innerText();
  same(tag, `<script src="${given.url}/v1/rt.js" data-site-key="${key}"></script>`, 'the script tag');
  seen.ways = [];
  for (const tab of await page.getByRole('tab').all()) {
    await tab.click();
    const name = await tab.innerText();
    const text = await page.getByRole('tabpanel').getByRole('region').innerText();
    check(!/pub-…|gait\.example\.org/.test(text), `${name} has another's address or key: ${text}`);
    seen.ways.push(name);
  }

  // Whether it works: the page opens, somebody moves there, and every step is ticked off.
  const watch = async () => {
    await page.getByLabel('A page with the script').fill(site);
    const [opened] = await Promise.all([owner.waitForEvent('page'), page.getByRole('button', { name: 'Open and watch' }).click()]);
    await opened.waitForLoadState();
    for (let i = 0; i < 20; i++) await opened.mouse.move(100 + i * 9, 120 + i * 7);
    await opened.getByLabel('Name').fill('Robin');
    return opened;
  };
  const opened = await watch();
  await step('It is judged: score').waitFor();
  await look(page, 'a page that works');
  const [, id] = /\/sessions\/([0-9a-f]{32})/.exec(await page.getByRole('link', { name: 'Look at the session' }).getAttribute('href'));
  same((await ask(owner, 'GET', `/sessions/${id}/evidence`)).url.split('?')[0], site, 'the page of the session that was found');
  await opened.close();

  // Only pages of an origin that is named may send.
  await open(page, '/dash/settings', 'Settings');
  await page.getByLabel('One on each line').fill('https://www.example.org/path');
  await page.getByRole('button', { name: 'Save the origins' }).click();
  await page.getByRole('alert').getByText('is not like https://www.example.org').waitFor();
  await page.getByLabel('One on each line').fill('https://www.example.org');
  await page.getByRole('button', { name: 'Save the origins' }).click();
  await page.getByText('The origins are saved.').waitFor();
  await page.waitForTimeout(takesEffect);
  await open(page, '/dash/install', 'Install');
  const silent = await watch();
  await step('may not send').waitFor();
  await step('Nothing has arrived').waitFor({ timeout: 25_000 });
  await look(page, 'a page that does not work');
  await silent.close();

  // How old the lists of addresses are.
  await open(page, '/dash/settings', 'Settings');
  const lists = page.getByRole('table', { name: 'Address lists' }).getByRole('row').filter({ hasText: 'country' });
  await lists.getByText('Fresh').waitFor();
  check(/\bago|now\b/.test(await lists.innerText()), `no age: ${await lists.innerText()}`);

  // A second workspace, and the way back.
  const menu = () => page.getByRole('button', { name: /^Workspace:/ }).click();
  await menu();
  await page.getByRole('link', { name: 'New workspace' }).click();
  const dialog = page.getByRole('dialog', { name: 'New workspace' });
  await dialog.getByLabel('Name').fill('Second');
  await dialog.getByRole('button', { name: 'Create the workspace' }).click();
  const secret = await dialog.getByRole('region', { name: 'Secret key, for your server' }).innerText();
  check(/^sk-[\w-]{43}$/.test(secret), `a secret key: ${secret}`);
  await look(page, 'the keys of a new workspace');
  await dialog.getByRole('button', { name: 'I have kept them' }).click();
  await page.getByRole('button', { name: 'Workspace: Second' }).waitFor();
  await open(page, '/dash/keys', 'Keys');
  await page.getByRole('row').filter({ hasText: 'by Demo' }).nth(1).waitFor();
  check(!(await page.content()).includes(secret), 'the key is shown again');
  await open(page, '/dash/sessions', 'Sessions');
  check(!(await page.content()).includes(id), "another workspace's session is listed");
  await menu();
  await page.getByRole('dialog', { name: 'Workspaces' }).getByRole('button', { name: /^Demo/ }).click();
  await heading(page, 'Overview').waitFor();
  await until(async () => (await ask(owner, 'GET', '/sessions/count')).sessions > 0, 'sessions of the first workspace');
  await page.getByRole('button', { name: 'Workspace: Demo' }).waitFor();
  await page.reload();
  await page.getByRole('button', { name: 'Workspace: Demo' }).waitFor();
});
