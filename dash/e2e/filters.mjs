// Sets each filter by hand: the list shows what the API says, the address holds
// it, and loading the page again keeps it.
import { ask, check, everyone, given, listed, open, same, scenario, until, visitor } from './lib.mjs';

await scenario(async (browser, seen) => {
  const visit = await visitor(browser, { viewport: { width: 1440, height: 900 } });
  const page = await visit.newPage();
  const all = await everyone(visit);
  const checks = (await ask(visit, 'GET', '/checks')).items;
  seen.sessions = all.length;
  seen.filters = {};

  /** The list is what the API answers to the query, from its top. */
  const shows = async (what, query) => {
    const want = (await everyone(visit, query)).map((r) => r.id);
    const total = `${want.length.toLocaleString('en')} session`;
    await page.getByText(total).first().waitFor();
    if (want.length === 0) {
      await page.getByText('No session fits').waitFor();
    } else {
      await until(async () => {
        const have = await listed(page);
        return have.length >= Math.min(want.length, 5) && JSON.stringify(have) === JSON.stringify(want.slice(0, have.length));
      }, `${what}: the list has what the API says, ${want.slice(0, 3)}…, not ${(await listed(page)).slice(0, 3)}…`);
    }
    return want.length;
  };

  /** Sets a filter by set, and looks at what comes of it. */
  const filter = async (what, query, set) => {
    await open(page, '/dash/sessions', 'Sessions');
    await until(async () => (await listed(page)).length > 0, 'the list has rows');
    await set();
    const n = await shows(what, query);
    check(n > 0 && n < all.length, `${what} admits ${n} of ${all.length}: that shows nothing`);
    const address = new URL(page.url());
    for (const [name, value] of Object.entries(query)) {
      if (!['since', 'until'].includes(name)) same(address.searchParams.get(name), String(value), `${what}: ${name} in the address`);
    }
    check(address.search.length > 1, `${what}: the address does not hold it`);
    await page.reload();
    await shows(`${what}, after loading the page again`, query);
    seen.filters[what] = n;
    return address;
  };

  const menu = page.getByRole('dialog', { name: 'Add a filter' });
  const choose = (kind, pick) => async () => {
    await page.getByRole('button', { name: 'Filter', exact: true }).click();
    await menu.getByRole('button', { name: kind, exact: true }).click();
    await pick();
    await menu.waitFor({ state: 'detached' });
    const chip = page.getByRole('list', { name: 'Filters' }).getByRole('button', { name: new RegExp(`^Remove the filter ${kind}`) });
    check(await chip.isVisible(), `there is no chip for ${kind}`);
  };
  const button = (name) => () => menu.getByRole('button', { name, exact: true }).click();
  const enter = (text) => async () => {
    await menu.getByLabel('Is exactly').fill(text);
    await page.keyboard.press('Enter');
  };
  /** A value that some rows have, and others have not. */
  const common = (of) => {
    const n = new Map();
    for (const r of all) for (const v of new Set([of(r)].flat())) if (v) n.set(v, (n.get(v) ?? 0) + 1);
    return [...n].filter(([, k]) => k < all.length).sort((a, b) => b[1] - a[1])[0]?.[0] ?? '';
  };
  const capital = (text) => text[0].toUpperCase() + text.slice(1);
  const title = (key) => checks.find((c) => c.key === key).title;

  const flag = common((r) => r.detected);
  await filter('Detected', { flag }, choose('Detected', button(title(flag))));
  const unknown = common((r) => r.unknown);
  await filter('Unknown', { unknown }, choose('Unknown', button(title(unknown))));
  const tag = common((r) => r.tags);
  await filter('Tag', { tag }, choose('Tag', enter(tag)));
  const known = given.tag;
  await filter('Tag, from those known', { tag: known }, choose('Tag', async () => {
    await menu.getByLabel('Is exactly').fill(known.slice(0, 3));
    await button(known)();
  }));
  const route = common((r) => r.routes);
  await filter('Route', { route }, choose('Route', enter(route)));
  await filter('User', { user: given.user }, choose('User', enter(given.user)));
  const device = common((r) => r.device);
  await filter('Device', { device }, choose('Device', button(capital(device))));
  const browserName = common((r) => r.browser);
  await filter('Browser', { browser: browserName }, choose('Browser', enter(browserName)));
  const actor = common((r) => r.actor);
  await filter('Actor', { actor }, choose('Actor', button(capital(actor))));
  await filter('Country', { country: 'DE' }, choose('Country', enter('de')));
  await filter('Label', { label: 'person' }, choose('Label', button('Person')));
  await filter('Status', { status: 'live' }, choose('Status', button('Live')));

  // Bands and scores.
  const { bands } = await ask(visit, 'GET', '/policy');
  await filter('Band', { min: bands.review, max: bands.reject - 1 }, choose('Score', () => menu.getByRole('button', { name: /^Review/ }).click()));
  await filter('Machines', { min: bands.reject }, () => page.getByText('Machines', { exact: true }).click());
  await filter('Score', { min: 10, max: 60 }, choose('Score', async () => {
    await menu.getByLabel('From').fill('10');
    await menu.getByLabel('To').fill('60');
    await menu.getByRole('button', { name: 'Apply' }).click();
  }));

  // Time: the last day by now, and whole days by the viewer's clock.
  const since = Date.now() - 86_400_000;
  await filter('24 hours', { since }, () => page.getByText('24 h', { exact: true }).click());
  const days = (n) => {
    const d = new Date();
    d.setHours(0, 0, 0, 0);
    d.setDate(d.getDate() - n);
    return d;
  };
  const text = (d) => `${d.getFullYear()}-${String(d.getMonth() + 1).padStart(2, '0')}-${String(d.getDate()).padStart(2, '0')}`;
  await filter('Days', { since: days(3).getTime(), until: days(1).getTime() }, async () => {
    await page.getByRole('button', { name: 'Days…' }).click();
    const picker = page.getByRole('dialog', { name: 'Other days' });
    await picker.getByLabel('First day').fill(text(days(3)));
    await picker.getByLabel('Last day').fill(text(days(2)));
    await picker.getByRole('button', { name: 'Show' }).click();
  });

  await filter('Text', { q: 'robin' }, () => page.getByRole('searchbox', { name: 'Search sessions' }).fill('robin'));

  // Several at once, of which one goes, then all.
  await filter('Two', { flag, label: 'machine' }, async () => {
    await choose('Detected', button(title(flag)))();
    await choose('Label', button('Machine'))();
  });
  await page.getByRole('button', { name: `Remove the filter Detected: ${title(flag)}` }).click();
  await shows('one taken away', { label: 'machine' });
  await page.goBack();
  await shows('back', { flag, label: 'machine' });
  await page.getByRole('button', { name: 'Clear', exact: true }).click();
  await shows('cleared', {});

  // What nothing fits says so, and leads out of it.
  await page.goto('/dash/sessions?user=nobody-at-all');
  await shows('nobody', { user: 'nobody-at-all' });
  await page.getByRole('button', { name: 'Show all' }).click();
  await shows('all again', {});
});
