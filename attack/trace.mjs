// Measures what the tracker costs a page's main thread, by Chromium's own trace: on a
// plain page, the time that rt.js takes at its start, and the share of the main thread
// that it takes while the pointer moves; beside them the same page without it, and as a
// reference for the start a script of the same text that runs none of it: it is parsed,
// reads and writes sessionStorage once, and listens to as many events.
//
//   node attack/trace.mjs --seconds 10 --runs 5
//
// Prints one JSON object. The built files are served by the tool itself, which
// acknowledges every batch. Numbers depend on the machine and on what else it does.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { chromium } from 'playwright-core';
import { executablePath, flags, quiet } from './lib/browser.mjs';

const { seconds = '10', runs = '5' } = flags();
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const dist = new URL('../tracker/dist/', import.meta.url);

const listened = ['pointermove', 'pointerdown', 'pointerup', 'pointercancel', 'pointerover', 'pointerout', 'click', 'wheel', 'touchmove', 'scroll', 'submit', 'resize',
  'keydown', 'keyup', 'beforeinput', 'input', 'change', 'paste', 'copy', 'cut', 'focus', 'blur', 'visibilitychange', 'pagehide', 'pageshow'];

/** What any script of this size costs that captures and keeps a session. */
const baseline = (text) => `(() => {
  function unused() { ${text} }
  sessionStorage.getItem('baseline') ?? sessionStorage.setItem('baseline', 'x'.repeat(32));
  for (const type of ${JSON.stringify(listened)}) addEventListener(type, () => {}, { capture: true, passive: true });
})();`;

let batches = 0;
const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url, 'http://localhost');
  if (pathname === '/v1/batch') {
    const parts = [];
    for await (const part of request) parts.push(part);
    const body = Buffer.concat(parts);
    const { seq } = JSON.parse(body[0] === 0x1f ? gunzipSync(body) : body);
    batches++;
    response.end(JSON.stringify({ ack: seq }));
  } else if (/^\/v1\/(rt|probes)\.js$/.test(pathname)) {
    response.setHeader('Content-Type', 'text/javascript');
    response.end(await readFile(new URL(pathname.slice(4), dist)));
  } else if (pathname === '/v1/baseline.js') {
    response.setHeader('Content-Type', 'text/javascript');
    response.end(baseline(await readFile(new URL('rt.js', dist), 'utf8')));
  } else if (['/with', '/without', '/baseline'].includes(pathname)) {
    response.setHeader('Content-Type', 'text/html');
    const file = { '/with': 'rt', '/baseline': 'baseline' }[pathname];
    const script = file ? `<script src="/v1/${file}.js" data-site-key="pub-trace"></script>` : '';
    response.end(`<!doctype html><title>plain</title><link rel="icon" href="data:,">${script}<p>A page with a <a href="#">link</a> and a <input>.`);
  } else {
    response.writeHead(404).end();
  }
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const base = `http://127.0.0.1:${server.address().port}`;

/**
 * Sums of what the page's main thread did, in ms: calls into the named script, outermost
 * only, by the clock and by the thread's own processor time, and all tasks. The clock
 * counts what other programs take meanwhile, the processor time does not.
 */
function sums(trace, file) {
  const { traceEvents } = JSON.parse(trace);
  const thread = ({ pid, tid }) => `${pid}/${tid}`;
  const mains = new Set(traceEvents.filter((e) => e.name === 'thread_name' && e.args.name === 'CrRendererMain').map(thread));
  const sum = { wall: 0, cpu: 0, parser: 0, calls: 0 };
  const tasks = new Map();
  const ends = new Map();
  for (const event of traceEvents.filter((e) => e.ph === 'X' && mains.has(thread(e))).sort((a, b) => a.ts - b.ts)) {
    const at = thread(event);
    if (event.name.endsWith('RunTask')) tasks.set(at, (tasks.get(at) ?? 0) + (event.tdur ?? 0) / 1000);
    if (event.name !== 'EvaluateScript' && event.name !== 'FunctionCall') continue;
    if (!event.args.data?.url?.endsWith(file) || event.ts < (ends.get(at) ?? 0)) continue;
    ends.set(at, event.ts + event.dur);
    sum.wall += event.dur / 1000;
    sum.cpu += (event.tdur ?? event.dur) / 1000;
    if (event.name === 'EvaluateScript') sum.parser += (event.tdur ?? event.dur) / 1000;
    sum.calls++;
  }
  // Another renderer may be there in reserve.
  return { ...sum, tasks: Math.max(0, ...tasks.values()) };
}

const traced = { categories: ['toplevel', 'devtools.timeline', 'v8'] };

/** A visit: its start with nobody touching it, then the pointer moving. */
async function visit(browser, path, length) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
  await browser.startTracing(page, traced);
  await page.goto(base + path);
  await pause(4000); // the probes come when the page is idle
  const started = (await browser.stopTracing()).toString();
  let moved;
  if (length) {
    await browser.startTracing(page, traced);
    const from = performance.now();
    let moves = 0;
    for (let ms = 0; ms < length * 1000; ms = performance.now() - from) {
      await page.mouse.move(640 + 400 * Math.cos(ms / 700), 360 + 250 * Math.sin(ms / 500));
      moves++;
      await pause(4);
    }
    const ms = performance.now() - from;
    const sum = sums((await browser.stopTracing()).toString(), '/v1/rt.js');
    moved = { ms, moves, ...sum };
  }
  await page.close();
  return { started: sums(started, '/v1/rt.js'), probed: sums(started, '/v1/probes.js'), based: sums(started, '/v1/baseline.js'), moved };
}

const round = (value, digits = 2) => Number(value.toFixed(digits));
const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
const times = (sums) => ({ cpu_ms: round(median(sums.map(({ cpu }) => cpu))), wall_ms: round(median(sums.map(({ wall }) => wall))) });

const browser = await chromium.launch({ executablePath, args: quiet });
try {
  await visit(browser, '/with'); // warms the browser
  const starts = [];
  const probes = [];
  const bases = [];
  for (let i = 0; i < Number(runs); i++) {
    const { started, probed } = await visit(browser, '/with');
    starts.push(started);
    probes.push(probed);
    bases.push((await visit(browser, '/baseline')).based);
  }
  const { moved } = await visit(browser, '/with', Number(seconds));
  const { moved: without } = await visit(browser, '/without', Number(seconds));
  const percent = (ms) => round((100 * ms) / moved.ms, 3);
  console.log(JSON.stringify({
    start: { ...times(starts), parser_waits_ms: round(median(starts.map(({ parser }) => parser))), runs: starts.length, aim_ms: 10 },
    baseline: times(bases),
    probes: times(probes),
    moving: {
      cpu_percent: percent(moved.cpu),
      wall_percent: percent(moved.wall),
      aim_percent: 1,
      calls: moved.calls,
      moves: moved.moves,
      seconds: round(moved.ms / 1000),
      all_tasks_cpu_percent: percent(moved.tasks),
      all_tasks_cpu_percent_without: round((100 * without.tasks) / without.ms, 3),
    },
    batches,
  }));
} finally {
  await browser.close();
  server.close();
}
