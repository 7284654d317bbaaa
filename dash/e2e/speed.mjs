// A list of 100,000 sessions and a session of 100,000 events: how long the page
// keeps a person waiting. And whether anything moves while views load.
import { ask, check, given, heading, listed, open, rowsOf, scenario, settled, until, views, visitor } from './lib.mjs';

const many = 100_000;

/** Rows in the document at most. */
const mostRows = 120;

/** Layout may shift by so much in all while a view loads. */
const mostShift = 0.02;

const minute = 60_000;
const newest = Date.now() - minute;

/** The nth session of the long list, by the pattern of a real one. */
const rowOf = (pattern, n) => ({
  ...pattern,
  id: n.toString(16).padStart(32, '0'),
  started_at: new Date(newest - n * minute).toISOString(),
  score: n % 101,
  band: ['accept', 'monitor', 'review', 'reject'][Math.floor((n % 101) / 26)],
  route: `/page/${n % 977}`,
  user_id: `user-${n}`,
});

/** A session's columns with so many events in all. */
function longSession(page) {
  const n = (share) => Math.round(many * share);
  const list = (count, make) => Array.from({ length: count }, (_, i) => make(i));
  const wave = (i, of, span) => Math.round(span / 2 + (span / 2) * Math.sin(i / of));
  const moves = n(0.8), keys = n(0.1), scrolls = n(0.05), clicks = n(0.02), wheels = n(0.03), jumps = n(0.01), pastes = n(0.005);
  const lasts = 2 * 60 * minute;
  const at = (i, of) => Math.round((i / of) * lasts);
  return {
    started_at_ms: newest - lasts,
    cut: false,
    pages: [{ page, t: 0, url: 'https://example.org/long', w: 1280, h: 720 }],
    views: [],
    moves: { t: list(moves, (i) => at(i, moves)), x: list(moves, (i) => wave(i, 37, 1280)), y: list(moves, (i) => wave(i, 53, 720)), p: list(moves, () => 0) },
    jumps: list(jumps, (i) => ({ t: at(i, jumps), p: 0, x0: wave(i, 3, 1280), y0: wave(i, 5, 720), x1: wave(i, 7, 1280), y1: wave(i, 11, 720), press: i % 2 === 0 })),
    clicks: list(clicks, (i) => ({ t: at(i, clicks), x: wave(i, 3, 1280), y: wave(i, 5, 720), p: 0, off_x: 10 + (i % 30), off_y: 5 + (i % 11), w: 80, h: 24, target: 'a button', trusted: true, pointer: 'mouse', held_ms: 60 + (i % 50), click: true })),
    keys: { t: list(keys, (i) => at(i, keys)), class: list(keys, (i) => (i % 6 ? 'letter' : 'space')), dwell_ms: list(keys, (i) => 40 + (i % 90)), field: list(keys, (i) => i % 3) },
    fields: ['a text field #1', 'a text field #2', 'a text area #1'],
    inputs: [],
    scroll: { t: list(scrolls, (i) => at(i, scrolls)), y: list(scrolls, (i) => wave(i, 97, 4000)), p: list(scrolls, () => 0), jump: list(scrolls, (i) => (i % 5 ? 0 : 1)) },
    wheel: { t: list(wheels, (i) => at(i, wheels)) },
    spans: [],
    submits: [],
    pastes: list(pastes, (i) => ({ t: at(i, pastes), field: i % 3, n: 12 })),
    copies: [],
    moments: [],
  };
}

/** Has the page write down its long tasks and its shifts of layout. */
async function measured(context) {
  await context.addInitScript(() => {
    window.tasks = [];
    window.shift = 0;
    new PerformanceObserver((list) => list.getEntries().forEach((e) => window.tasks.push(Math.round(e.duration)))).observe({ type: 'longtask', buffered: true });
    new PerformanceObserver((list) => list.getEntries().forEach((e) => !e.hadRecentInput && (window.shift += e.value))).observe({ type: 'layout-shift', buffered: true });
  });
}

const worst = (page) => page.evaluate(() => Math.max(0, ...window.tasks));

/** What the longest task of a page's main thread took of a processor while play ran, in ms: the clock counts other programs too. */
async function busiest(page, what, play) {
  const browser = page.context().browser();
  await browser.startTracing(page, { categories: ['toplevel', 'blink.user_timing'] });
  await play();
  // Chromium draws its own windows with pages, too: the mark tells the thread of this one.
  await page.evaluate(() => performance.mark('gait-traced'));
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString());
  const thread = ({ pid, tid }) => `${pid}/${tid}`;
  const mains = new Set(traceEvents.filter((e) => e.name === 'gait-traced').map(thread));
  const tasks = traceEvents.filter((e) => e.ph === 'X' && e.name.endsWith('RunTask') && mains.has(thread(e)) && e.tdur !== undefined);
  check(tasks.length > 100, `${what}: the trace has ${tasks.length} tasks`);
  return Math.round(tasks.reduce((ms, e) => Math.max(ms, e.tdur / 1000), 0));
}

const scenes = {
  /** From nothing in the cache to the last panel: the script's start, and what it draws first. */
  async start(context, seen) {
    seen.tasks = {};
    for (const width of [1440, 390]) {
      const page = await context.newPage();
      await page.setViewportSize({ width, height: 900 });
      seen.tasks[`at ${width} px`] = await busiest(page, `the overview's start at ${width} px`, async () => {
        await open(page, '/dash/', 'Overview');
        await settled(page);
        await page.getByRole('heading', { name: 'From what' }).waitFor();
        await page.evaluate(() => new Promise((done) => requestIdleCallback(done, { timeout: 5000 })));
      });
      await page.close();
    }
  },

  async list(context, seen) {
    const pattern = (await ask(context, 'GET', '/sessions', { query: { limit: '1' } })).items[0];
    const step = 500; // more at a time than the server gives: the harder for the page
    await context.route('**/api/v1/sessions/count*', (route) => route.fulfill({ json: { sessions: many, at_least: false } }));
    await context.route('**/api/v1/sessions?*', (route) => {
      const from = Number(new URL(route.request().url()).searchParams.get('cursor') ?? 0);
      const to = Math.min(from + step, many);
      return route.fulfill({ json: { items: Array.from({ length: to - from }, (_, i) => rowOf(pattern, from + i)), next: to < many ? String(to) : '' } });
    });
    const page = await context.newPage();
    seen.rows = 0;
    await open(page, '/dash/sessions', 'Sessions');
    await until(async () => (await listed(page)).length > 0, 'the list has rows');
    const most = await busiest(page, 'scrolling through the list', async () => {
      const rows = await page.evaluate(async (all) => {
        const frame = () => new Promise((done) => requestAnimationFrame(done));
        const complete = () => Number(document.querySelector('[role=table]').getAttribute('aria-rowcount')) > all;
        let most = 0;
        const end = performance.now() + 60_000;
        for (;;) {
          most = Math.max(most, document.querySelectorAll('[role=row]').length);
          const { scrollHeight } = document.documentElement;
          scrollTo(0, scrollHeight);
          await frame();
          if (complete() || performance.now() > end) break;
        }
        // And to places in between, as the bar of the window does.
        for (let i = 0; i < 40; i++) {
          scrollTo(0, (document.documentElement.scrollHeight * ((i * 0.618) % 1)) | 0);
          await frame();
          await frame();
          most = Math.max(most, document.querySelectorAll('[role=row]').length);
        }
        scrollTo(0, document.documentElement.scrollHeight);
        await frame();
        await frame();
        return most;
      }, many);
      seen.rows = Math.max(seen.rows, rows);
      await page.getByText('That is all.').waitFor();
    });
    seen.tasks = { list: most };
    await until(async () => (await listed(page)).at(-1) === rowOf(pattern, many - 1).id, 'the last session is shown at the end');
    check(seen.rows <= mostRows, `${seen.rows} rows are in the document`);
    check((await rowsOf(page).count()) > 5, 'there are no rows at the end');
  },

  async session(context, seen) {
    const evidence = await ask(context, 'GET', `/sessions/${given.session}/evidence`);
    const timeline = JSON.stringify(longSession('00'.repeat(8)));
    await context.route('**/evidence?*', (route) => route.fulfill({ json: { ...evidence, events: many, duration_ms: 2 * 60 * minute, status: 'Complete' } }));
    await context.route('**/timeline?*', (route) => route.fulfill({ contentType: 'application/json', body: timeline }));
    const page = await context.newPage();
    const name = `Session ${given.session.slice(0, 8)}`;
    await page.goto('/dash/account');
    await settled(page);
    const most = await busiest(page, 'a session of 100,000 events', async () => {
      // From inside the dashboard: what its script takes to start is another matter.
      await page.evaluate((href) => {
        const a = document.createElement('a');
        a.href = href;
        document.body.append(a);
        a.click();
        a.remove();
      }, `/dash/sessions/${given.session}`);
      await heading(page, name).waitFor();
      const tools = page.getByRole('toolbar', { name: 'Moving through the session' });
      await tools.waitFor();
      await page.getByRole('region', { name: 'What happened' }).scrollIntoViewIfNeeded();
      await page.evaluate(() => new Promise((done) => requestIdleCallback(done, { timeout: 5000 })));
      for (let i = 0; i < 6; i++) await tools.getByRole('button', { name: 'Look closer' }).click();
      await tools.getByRole('button', { name: 'Look at more' }).click();
      await tools.getByRole('button', { name: 'Play the pictures' }).click();
      const lanes = page.getByRole('slider', { name: 'Moment of the session' });
      await lanes.hover();
      await page.keyboard.down('Control');
      for (let i = 0; i < 10; i++) await page.mouse.wheel(0, i < 6 ? -80 : 120);
      await page.keyboard.up('Control');
      await lanes.focus();
      for (let i = 0; i < 10; i++) await page.keyboard.press('ArrowRight');
      await page.evaluate(() => new Promise((done) => setTimeout(done, 1000)));
      await tools.getByRole('button', { name: 'All', exact: true }).click();
      await page.evaluate(() => new Promise((done) => requestIdleCallback(done, { timeout: 5000 })));
    });
    seen.tasks = { session: most };
    check(await page.getByText(/80,000|100,000/).first().isVisible(), 'the pictures do not say how much there is');
  },

  async shift(context, seen) {
    seen.shifts = {};
    seen.starts = {};
    for (const width of [1440, 390]) {
      const page = await context.newPage();
      await page.setViewportSize({ width, height: 900 });
      for (const [path, name] of views(given)) {
        await open(page, path, name);
        await settled(page);
        await page.evaluate(() => new Promise((done) => requestIdleCallback(done, { timeout: 2000 })));
        const shift = await page.evaluate(() => Math.round(window.shift * 10_000) / 10_000);
        if (shift > 0) seen.shifts[`${path} ${width}`] = shift;
        check(shift < mostShift, `${path} at ${width} px: layout shifts by ${shift} while it loads`);
        seen.starts[`${path} ${width}`] = await worst(page);
      }
      await page.close();
    }
  },
};

await scenario(async (browser, seen) => {
  const context = await visitor(browser, { viewport: { width: 1440, height: 900 } });
  await measured(context);
  await scenes[given.scene](context, seen);
});
