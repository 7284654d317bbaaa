// Tries a weight out, saves it, and goes back to the policy of before.
import { ask, check, everyone, open, rowsOf, same, scenario, until, visitor } from './lib.mjs';

const histogram = (rows) => {
  const scores = Array(101).fill(0);
  for (const { score } of rows) scores[score]++;
  return scores;
};

await scenario(async (browser, seen) => {
  const visit = await visitor(browser, { viewport: { width: 1440, height: 900 } });
  const before = await everyone(visit);
  const policy = await ask(visit, 'GET', '/policy');
  same(policy.version, 0, 'the version to begin with');

  // The weight whose loss flips most: the test does not depend on the numbers of a day.
  const weights = Object.fromEntries(policy.weights.map((w) => [w.key, { detected: w.detected, not_detected: w.not_detected }]));
  const without = (key) => ({ weights: { ...weights, [key]: { ...weights[key], detected: 0 } }, bands: policy.bands, caps: policy.caps, days: 30 });
  let best = { flips: 0 };
  for (const w of policy.weights.filter((w) => w.detected > 0)) {
    const { flips } = await ask(visit, 'POST', '/policy/preview', { data: without(w.key) });
    if (flips > best.flips) best = { flips, ...w };
  }
  check(best.flips > 0, 'no weight changes anything');

  const page = await visit.newPage();
  await open(page, '/dash/policy', 'Policy');
  const answer = page.getByText(/would change band|are judged again|could be tried/);
  await answer.first().waitFor();
  const asked = page.waitForResponse((r) => r.url().includes('/policy/preview') && r.request().postData()?.includes(`"${best.key}":{"detected":0,`));
  const slider = page.getByRole('slider', { name: new RegExp(`^${best.title}`) });
  await slider.focus();
  await slider.press('Home');
  const preview = await (await asked).json();
  same(preview, await ask(visit, 'POST', '/policy/preview', { data: without(best.key) }), 'what the page is answered');
  same(preview.flips, best.flips, 'flips');
  await page.getByText(`${preview.flips} of ${preview.sessions} sessions would change band`).waitFor();
  await page.getByRole('region', { name: 'Draft' }).getByText(`flips ${preview.flips}`).waitFor();
  const cells = await page.getByRole('table', { name: 'Sessions by their band' }).getByRole('cell').allInnerTexts();
  const shown = cells.map((c) => c.trim()).filter((c) => /^\d+$|^none$/.test(c)).map((c) => Number(c) || 0);
  same(shown, preview.matrix.flat(), 'the matrix');
  check((await page.getByRole('listitem').filter({ has: page.getByRole('img', { name: 'would become' }) }).count()) > 0, 'no example is shown');
  seen.flips = { of: best.key, flips: preview.flips, sessions: preview.sessions };

  // What a check takes off where it found nothing is tried out like the rest.
  const off = page.getByRole('spinbutton', { name: `What ${best.title} takes off when it says Not detected` });
  same(Number(await off.inputValue()), -best.not_detected, 'what it takes off');
  const less = page.waitForResponse((r) => r.url().includes('/policy/preview') && r.request().postData()?.includes(`"${best.key}":{"detected":0,"not_detected":-0.05}`));
  await off.fill('0.05');
  await off.press('Tab');
  await less;
  await off.fill('0.5');
  await off.press('Tab');
  same(await off.inputValue(), '0.05', 'more than a check may take off');
  await off.fill(String(-best.not_detected));
  await off.press('Tab');
  await page.getByText(`${preview.flips} of ${preview.sessions} sessions would change band`).waitFor();

  // Nothing changes until it is saved.
  same(histogram(await everyone(visit)), histogram(before), 'scores while trying');

  await page.getByRole('button', { name: 'Save…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Save the policy' });
  await dialog.getByLabel('Why').fill('Trying without it');
  await dialog.getByRole('button', { name: 'Save and judge by it' }).click();
  await page.getByText('Version 1 is in force').waitFor();
  await until(async () => JSON.stringify(histogram(await everyone(visit))) === JSON.stringify(preview.scores_then), 'all scores follow the saved policy');

  const example = preview.examples.find((e) => e.score_from !== e.score_to);
  const badge = async () => {
    await page.goto(`/dash/sessions?q=${example.id}`);
    return (await rowsOf(page).first().getByRole('cell').first().innerText()).split('\n')[0];
  };
  same(await badge(), String(example.score_to), `the score of ${example.id} in the list`);
  await page.goto(`/dash/sessions/${example.id}`);
  await page.getByRole('region', { name: 'Verdict' }).getByText(new RegExp(`^Score ${example.score_to}$`)).waitFor();

  // The versions tell what changed, and lead back.
  await open(page, '/dash/policy', 'Policy');
  const version = page.getByRole('listitem').filter({ hasText: 'Version 1' });
  await version.getByText('In force').waitFor();
  check(await version.getByText('Trying without it').isVisible(), 'the note is not shown');
  const changes = (await ask(visit, 'GET', '/policy/versions')).items[0].changes;
  same(changes.length, 1, 'changes of the version');
  check(changes[0].what.includes(best.key) || changes[0].what.includes(best.title), `the change is called ${changes[0].what}`);
  await page.getByRole('listitem').filter({ hasText: 'Built in' }).getByRole('button', { name: 'Restore' }).click();
  await page.getByRole('dialog', { name: 'Back to the built-in policy?' }).getByRole('button', { name: 'Restore' }).click();
  await page.getByRole('listitem').filter({ hasText: 'Version 2' }).getByText('In force').waitFor();
  await until(async () => JSON.stringify(histogram(await everyone(visit))) === JSON.stringify(histogram(before)), 'all scores are those of before');
  same(await badge(), String(example.score_from), `the score of ${example.id} after going back`);
  same((await ask(visit, 'GET', '/policy')).weights.find((w) => w.key === best.key).detected, best.detected, 'the weight after going back');

  // Who decides on an old version is told.
  await ask(visit, 'POST', '/policy', { data: { weights, bands: policy.bands, caps: policy.caps, note: '', based: 0 }, status: 409 });
  seen.audit = (await ask(visit, 'GET', '/audit')).items.map(({ action, by }) => `${action} by ${by}`);
});
