// From a session's evidence to the moment of its replay, and back.
import { ask, check, fillForm, heading, look, open, same, scenario, until, visitor } from './lib.mjs';

/** How far the replay may be from the moment that was asked for, in ms. */
const near = 60;

await scenario(async (browser, seen) => {
  const guest = await visitor(browser);
  const form = await guest.newPage();
  const recorder = form.waitForResponse((r) => r.url().includes('/v1/replay.js'));
  await form.goto('/demo/signup');
  await recorder;
  const chunk = () => form.waitForResponse((r) => r.url().endsWith('/v1/replay') && r.request().method() === 'POST');
  await chunk();
  const id = await fillForm(form, 300);
  await chunk();
  await form.close();

  const visit = await visitor(browser, { viewport: { width: 1440, height: 900 } });
  const recorded = await until(async () => {
    const answer = await visit.request.get(`/api/v1/sessions/${id}/replay`, { params: { workspace: 1 } });
    const [page] = answer.ok() ? (await answer.json()).pages : [];
    return page && page.ended - page.started > 1000 && page;
  }, 'there is a replay');
  const timeline = await ask(visit, 'GET', `/sessions/${id}/timeline`);
  const evidence = await ask(visit, 'GET', `/sessions/${id}/evidence`);
  same(evidence.replay, true, 'the evidence says that there is a replay');
  const moment = timeline.moments.filter((m) => evidence.checks[m.check].verdict === 'Detected' && m.at_ms > recorded.started + 200 && m.at_ms < recorded.ended - 50).at(-1);
  if (!check(moment, `no evidence lies within the replay: ${JSON.stringify(timeline.moments)}`)) return;
  const { title } = evidence.checks[moment.check];
  seen.moment = { check: moment.check, after_ms: moment.t };

  const page = await visit.newPage();
  await open(page, '/dash/sessions', 'Sessions');
  await page.getByRole('link', { name: /signup/ }).first().click();
  await heading(page, `Session ${id.slice(0, 8)}`).waitFor();
  const player = page.frameLocator('iframe[title="Replay of the session"]');
  const at = () => player.locator('#clock').getAttribute('datetime').then(Date.parse);
  const is = async (want, what) => {
    await until(async () => Math.abs((await at()) - want) <= near, what).catch(async (e) => {
      throw new Error(`${e.message}: it is at ${(await at()) - want} ms from there`);
    });
  };

  // The frame loads when it comes into sight.
  await page.getByTitle('Replay of the session').scrollIntoViewIfNeeded();
  await player.getByRole('button', { name: 'Play' }).waitFor();

  const row = page.getByRole('listitem').filter({ has: page.getByRole('button', { name: new RegExp(`^${title}`) }) });
  const header = row.getByRole('button', { name: new RegExp(`^${title}`) }).first();
  if ((await header.getAttribute('aria-expanded')) !== 'true') await header.click();
  const go = row.getByRole('button', { name: moment.which === 'first' ? /^(First|Seen) at/ : /^(Strongest|Seen) at/ });
  await go.click();
  await is(moment.at_ms, `the replay is where ${title} was seen`);
  const shown = page.getByRole('toolbar', { name: 'Moving through the session' });
  const seconds = async () => parseFloat(/([\d.]+) s/.exec(await shown.innerText())?.[1]);
  check(Math.abs((await seconds()) * 1000 - moment.t) < 100, `the pictures are at ${await seconds()} s, not at ${moment.t} ms`);
  check((await shown.innerText()).includes('evidence'), `the pictures tell of no evidence: ${await shown.innerText()}`);
  check(await player.locator('#stage iframe').isVisible(), 'the replay shows no page');

  await look(page, 'a session with its replay');

  // The other way: the pictures follow the replay.
  await page.waitForTimeout(600); // after a jump the replay is only listened to a moment later
  await player.getByRole('slider', { name: 'Position' }).focus();
  await page.keyboard.press('Home');
  await is(recorded.started, 'the replay is at its start');
  const start = (recorded.started - timeline.started_at_ms) / 1000;
  await until(async () => Math.abs((await seconds()) - start) < 0.2, `the pictures are at ${start} s, not at ${await seconds()} s`);

  // A link to a moment leads there.
  await page.goto(`/dash/sessions/${id}?t=${Math.round(moment.t)}`);
  await heading(page, `Session ${id.slice(0, 8)}`).waitFor();
  await page.getByTitle('Replay of the session').scrollIntoViewIfNeeded();
  await is(moment.at_ms, 'the replay is where the link leads');

  // By itself, too.
  await page.goto(`/replay/${id}?workspace=1#t=${moment.at_ms}`);
  await page.getByRole('button', { name: 'Play' }).waitFor();
  const alone = Date.parse(await page.locator('#clock').getAttribute('datetime'));
  check(Math.abs(alone - moment.at_ms) <= near, `the player alone is ${alone - moment.at_ms} ms away`);
  await look(page, 'the player');
});
