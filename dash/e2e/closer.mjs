// Looks closer at the pictures of a session: by wheel, by keys, with two fingers; and
// goes from the overview to the moment that gave a machine away.
import { check, everyone, heading, open, same, scenario, settled, until, visitor } from './lib.mjs';

/** Spreads two fingers over the middle of an element, from one distance to another, in CSS px. */
async function pinch(page, element, from, to) {
  await element.scrollIntoViewIfNeeded();
  const { x, y, width, height } = await element.boundingBox();
  const cdp = await page.context().newCDPSession(page);
  const touch = (type, apart) =>
    cdp.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: type === 'touchEnd' ? [] : [-1, 1].map((side, id) => ({ id, x: x + width / 2 + (side * apart) / 2, y: y + height / 2 })),
    });
  await touch('touchStart', from);
  for (let i = 1; i <= 8; i++) await touch('touchMove', from + ((to - from) * i) / 8);
  await touch('touchEnd');
  await cdp.detach();
}

await scenario(async (browser, seen) => {
  const visit = await visitor(browser, { viewport: { width: 1280, height: 900 } });
  const page = await visit.newPage();

  // From the overview: one click to the session, one to the moment.
  await open(page, '/dash/', 'Overview');
  await settled(page);
  const newest = page.getByRole('list', { name: 'Newest sessions scored as machines' });
  const machines = await everyone(visit, { min: '70' });
  const ids = await newest.getByRole('link').evaluateAll((links) => links.map((a) => a.pathname.split('/').pop()));
  same(ids, machines.slice(0, ids.length).map((r) => r.id), 'the newest machines');
  // One that moved its pointer, so that there is a path to look at.
  const { id } = (await everyone(visit, { min: '70', flag: 'teleporting_mouse' }))[0];
  await page.goto(`/dash/sessions/${id}`);
  await heading(page, `Session ${id.slice(0, 8)}`).waitFor();
  const moment = page.getByRole('slider', { name: 'Moment of the session' });
  await moment.waitFor();
  await page.getByRole('region', { name: 'Verdict' }).getByRole('button', { name: /^Strongest evidence/ }).click();
  await until(async () => Number(await moment.getAttribute('aria-valuenow')) > 0, 'the playhead is at the strongest evidence');
  await until(() => page.getByRole('region', { name: 'What happened' }).evaluate((e) => Math.abs(e.getBoundingClientRect().top) < innerHeight), 'the pictures are in sight');

  // The next evidence by a key, and back.
  const at = async () => Number(await moment.getAttribute('aria-valuenow'));
  const strongest = await at();
  await page.getByRole('heading', { level: 1 }).focus();
  await page.keyboard.press('e');
  await until(async () => (await at()) !== strongest, 'e goes to the next evidence');
  await page.keyboard.press('Shift+E');
  await until(async () => (await at()) === strongest, 'E goes back');

  const stage = page.getByRole('group', { name: /^Path of the pointer/ });
  const whole = page.getByRole('button', { name: 'All of the path' });
  const close = async (what) => {
    await until(() => whole.isEnabled(), `${what} looks closer`);
    same(await stage.getAttribute('data-close'), 'true', what);
    await whole.click();
    await until(() => whole.isDisabled(), `all is seen again after ${what}`);
  };
  await stage.scrollIntoViewIfNeeded();
  await stage.hover();
  await page.keyboard.down('Control');
  await page.mouse.wheel(0, -240);
  await page.keyboard.up('Control');
  await close('the wheel');
  await stage.focus();
  for (const key of ['+', '+', 'ArrowLeft', 'ArrowUp']) await page.keyboard.press(key);
  await close('the keyboard');
  await pinch(page, stage, 60, 240);
  await close('two fingers');

  // A wheel without a key is the page's.
  const depth = await page.evaluate(() => scrollY);
  await stage.hover();
  await page.mouse.wheel(0, -200);
  await until(async () => (await page.evaluate(() => scrollY)) < depth, 'the wheel scrolls the page');
  check(await whole.isDisabled(), 'the wheel alone looks closer');

  const all = page.getByRole('toolbar', { name: 'Moving through the session' }).getByRole('button', { name: 'All', exact: true });
  check(await all.isDisabled(), 'not all of the time is shown to begin with');
  await pinch(page, moment, 80, 320);
  await until(() => all.isEnabled(), 'two fingers look closer at the time');
  await all.click();

  // In a narrow window the bar stays in sight below the one on top.
  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByRole('heading', { name: 'Where clicks landed' }).evaluate((e) => e.scrollIntoView({ block: 'center' }));
  const tool = page.getByRole('button', { name: 'Next evidence' });
  await until(() => tool.evaluate((e) => {
    const { left, top, width, height } = e.getBoundingClientRect();
    return e.contains(document.elementFromPoint(left + width / 2, top + height / 2));
  }), 'the tools can be reached in a narrow window');

  // Targets without a name can be told from each other.
  const names = await page.locator('.click-targets li').allInnerTexts();
  seen.targets = names.map((n) => n.split('\n')[0]);
});
