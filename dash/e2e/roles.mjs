// What a viewer sees and may not do, what other sites' pages may not do, and what
// nobody may do who is not signed in.
import { ask, check, given, heading, join, look, open, password, same, scenario, settled, views, visitor } from './lib.mjs';

/** Presses every button of a view once, wherever that leads, but for those that open a page of a site. */
async function pressAll(page, path, name) {
  const pressed = new Set();
  for (;;) {
    const next = await page.locator('main').evaluate((main, done) => {
      const nameOf = (b) => b.getAttribute('aria-label') || b.innerText.trim();
      const button = [...main.querySelectorAll('button:enabled')].find((b) => b.checkVisibility() && !done.includes(nameOf(b)));
      if (!button) return undefined;
      const text = nameOf(button);
      if (text !== 'Open and watch') button.click();
      return text;
    }, [...pressed]);
    if (next === undefined) return [...pressed];
    pressed.add(next);
    await page.keyboard.press('Escape');
    if (new URL(page.url()).pathname !== new URL(path, page.url()).pathname) await open(page, path, name);
  }
}

await scenario(async (browser, seen) => {
  const owner = await visitor(browser);
  await join(owner, given.token, 'Ada');

  // An invitation, by the dashboard, and who follows its link.
  const page = await owner.newPage();
  await open(page, '/dash/members', 'Members');
  await page.getByRole('button', { name: 'Invite' }).click();
  const dialog = page.getByRole('dialog', { name: 'Invite somebody' });
  await dialog.getByLabel('For whom').fill('Vera, who looks on');
  await dialog.getByLabel('Role').selectOption('viewer');
  await dialog.getByRole('button', { name: 'Make a link' }).click();
  const link = await page.getByRole('region', { name: 'the link' }).innerText();
  await look(page, 'an invitation');
  await page.getByRole('button', { name: 'Done' }).click();

  const viewer = await visitor(browser, { refused: [403] });
  const hers = await viewer.newPage();
  await hers.goto(link);
  await heading(hers, 'Join Main').waitFor();
  await look(hers, 'who is invited');
  check(await hers.getByText('As viewer').isVisible(), 'the invitation does not say as what');
  await hers.getByLabel('E-mail').fill('vera@example.org');
  await hers.getByLabel('Name').fill('Vera');
  await hers.getByLabel('Password').fill(password);
  await hers.getByRole('button', { name: 'Join' }).click();
  await heading(hers, 'Overview').waitFor();

  await page.reload();
  await page.getByRole('table', { name: 'Members' }).getByText('vera@example.org').waitFor();
  await page.getByRole('table', { name: 'Invitations' }).getByRole('row').filter({ hasText: 'Vera' }).getByText('Used').waitFor();

  // Every view of hers: nothing in it changes anything.
  const changed = [];
  viewer.on('request', (r) => r.method() !== 'GET' && changed.push(`${r.method()} ${r.url()}`));
  seen.pressed = 0;
  for (const [path, name] of views(given)) {
    if (path === '/dash/account') continue; // her own
    await open(hers, path, name);
    await settled(hers);
    const tools = hers.locator('main').locator('input[type=range]:enabled, [role=switch]:enabled, textarea:enabled, input[type=number]:enabled, select:enabled');
    for (const tool of await tools.all()) check(!(await tool.isVisible()), `${path}: a viewer can use ${await tool.evaluate((e) => e.labels?.[0]?.innerText || e.getAttribute('aria-label'))}`);
    seen.pressed += (await pressAll(hers, path, name)).length;
  }
  same(changed, [], 'changing requests by pressing everything');
  await open(hers, '/dash/audit', 'Audit log');
  await hers.getByText('Not yours to see').waitFor();
  await look(hers, 'a view that is not hers');
  await open(hers, '/dash/policy', 'Policy');
  await settled(hers);
  await look(hers, 'the policy for a viewer');

  // Requests made by hand. The document is the list, so that none is forgotten.
  const document = await (await owner.request.get('/openapi/native-v1.json')).json();
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([method]) => /^(get|put|post|patch|delete)$/.test(method))
      .map(([method, o]) => ({ method: method.toUpperCase(), path, role: /Role: (\w+)/.exec(o.description ?? '')?.[1] })),
  );
  const vera = (await ask(owner, 'GET', '/members')).items.find((m) => m.name === 'Vera');
  const key = (await ask(owner, 'GET', '/keys')).items[0];
  const invitation = (await ask(owner, 'GET', '/invitations')).items[0];
  const ids = { sessions: given.session, members: vera.id, keys: key.id, invitations: invitation.id };
  const fill = (path) => path.replace('{tag}', given.tag).replace(/(\w+)\/\{id\}/, (_, of) => `${of}/${ids[of] ?? 'none'}`);
  const query = { workspace: 1, format: 'json', route: given.route, user: given.user };
  const send = async (context, { method, path }, headers = {}) => {
    const needs = { '/api/v1/sessions/export': ['format'], '/api/v1/routes/detail': ['route'], '/api/v1/users/detail': ['user'] }[path] ?? [];
    const params = Object.fromEntries(['workspace', ...needs].map((n) => [n, query[n]]));
    const answer = await context.request.fetch(fill(path), { method, params, headers, ...(method === 'GET' ? {} : { data: {} }), timeout: 10_000 });
    return answer.status();
  };
  const api = operations.filter((o) => o.path.startsWith('/api/'));
  const before = JSON.stringify([await ask(owner, 'GET', '/workspace'), await ask(owner, 'GET', '/policy'), await ask(owner, 'GET', '/members'), await ask(owner, 'GET', '/keys'), await ask(owner, 'GET', '/invitations')]);
  seen.operations = { all: api.length, changing: api.filter((o) => o.method !== 'GET').length };
  const stranger = await visitor(browser);
  const evil = { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' };
  for (const o of api) {
    const name = `${o.method} ${o.path}`;
    if (!check(['viewer', 'analyst', 'owner'].includes(o.role), `${name} has no role in the document`)) continue;
    const stream = o.path === '/api/v1/live';
    if (o.method !== 'GET') check(o.role !== 'viewer', `${name} changes something, and viewers may`);
    if (o.role !== 'viewer') same(await send(viewer, o), 403, `${name} by a viewer`);
    else if (!stream) same(await send(viewer, o), 200, `${name} by a viewer`);
    same(await send(stranger, o), 401, `${name} by nobody`);
    if (o.method !== 'GET') same(await send(owner, o, evil), 403, `${name} by an owner on another site's page`);
  }
  // What belongs to an account has no role: it needs one to be signed in, on a page of ours.
  for (const [method, path] of [['GET', ''], ['PATCH', ''], ['POST', '/password'], ['POST', '/passkeys/begin'], ['POST', '/passkeys'], ['DELETE', '/passkeys/none']]) {
    const o = { method, path: `/api/v1/account${path}` };
    same(await send(stranger, o), 401, `${method} ${o.path} by nobody`);
    if (method !== 'GET') same(await send(owner, o, evil), 403, `${method} ${o.path} by an owner on another site's page`);
  }
  for (const path of ['/account/sign-in', '/account/sign-out', '/account/setup', '/workspaces']) {
    same(await send(owner, { method: 'POST', path: `/api/v1${path}` }, evil), 403, `POST ${path} on another site's page`);
  }
  const after = JSON.stringify([await ask(owner, 'GET', '/workspace'), await ask(owner, 'GET', '/policy'), await ask(owner, 'GET', '/members'), await ask(owner, 'GET', '/keys'), await ask(owner, 'GET', '/invitations')]);
  check(before === after, `refused requests changed something:\n${before}\n${after}`);
  same((await viewer.request.fetch('/api/v1/workspace?workspace=2')).status(), 404, 'a workspace that is not hers');

  // A page of the same host at another port: its requests carry the cookie.
  const lure = 'http://127.0.0.1:8099/lure';
  await owner.route(lure, (route) =>
    route.fulfill({ contentType: 'text/html', body: `<form method="post" enctype="text/plain" action="${given.url}/api/v1/keys?workspace=1"><input name='{"dialect":"roundtable","name":"' value='stolen","scopes":["admin"],"days":0}'><button>Win</button></form>` }),
  );
  const trap = await owner.newPage();
  trap.removeAllListeners();
  await trap.goto(lure);
  const [answer] = await Promise.all([trap.waitForResponse((r) => r.url().includes('/api/v1/keys')), trap.getByRole('button').click()]);
  same(answer.status(), 403, "a form on another origin's page");
  check(Boolean((await answer.request().allHeaders()).cookie), 'the form carried no cookie, so that it shows nothing');
  check(!JSON.stringify(await ask(owner, 'GET', '/keys')).includes('stolen'), 'another page made a key');

  // Whoever is no member any more is none at once.
  await page.reload();
  await page.getByRole('button', { name: 'Remove Vera' }).click();
  await page.getByRole('dialog', { name: 'Remove Vera?' }).getByRole('button', { name: 'Remove', exact: true }).click();
  await page.getByText('vera@example.org').waitFor({ state: 'detached' });
  same((await viewer.request.fetch('/api/v1/sessions?workspace=1')).status(), 404, 'a list for who was removed');
});
