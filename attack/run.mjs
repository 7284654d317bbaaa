// Records the matrix of automation: every family of families.mjs with every seed, one at
// a time, each in a browser of its own. What the file holds already is left out, so that
// a run which was stopped goes on where it was. What fails is tried once more at the end.
//
//   node attack/run.mjs --out FILE.jsonl [--seeds 1-5] [--only REGEX] [--minutes N]
//                       [--quick] [--people DIR] [--recorder URL] [--gait bin/gait]
//   node attack/run.mjs --list
//
// --quick records six families once, with short pauses. --people takes the recorded
// movements from the packs in that directory instead of the sample. With --recorder,
// FILE is only read to see what is there.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { families, quick as quickly, silent } from './families.mjs';
import { flags } from './lib/browser.mjs';
import { bundlePeers } from './lib/peers.mjs';
import { recordedPeople } from './lib/people.mjs';
import { record, startRecorder } from './lib/recorder.mjs';

const limit = 240_000; // ms that a run may take
const options = flags();
const { out, only, minutes, quick = false, people, recorder: address, list = false } = options;
const gait = options.gait ?? fileURLToPath(new URL('../bin/gait', import.meta.url));
const [from, to = from] = String(options.seeds ?? (quick ? 1 : '1-5')).split('-').map(Number);
const seeds = Array.from({ length: to - from + 1 }, (_, i) => from + i);

let rows = families(await recordedPeople(people));
const names = new Set(rows.map(({ name }) => name));
if (names.size !== rows.length) throw new Error('two families have one name');
if (quick) rows = rows.filter(({ name }) => quickly.includes(name));
if (only) rows = rows.filter(({ name, label }) => new RegExp(only).test(`${label} ${name}`));

if (list) {
  for (const { label, name } of rows) console.log(label.padEnd(16), name);
  for (const { name, why } of silent) console.log('silent'.padEnd(16), name, `(${why})`);
  console.log(`${rows.length} families`);
  process.exit();
}
if (!out) throw new Error('--out FILE is missing');

/** Plays one run in a process of its own, which ends with everything it started. */
function play(url, name, seed) {
  const args = [fileURLToPath(new URL('play.mjs', import.meta.url)), '--url', url, '--family', name, '--seed', String(seed)];
  if (quick) args.push('--quick');
  if (people) args.push('--people', people);
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    let said = '';
    let complained = '';
    child.stdout.on('data', (chunk) => (said += chunk));
    child.stderr.on('data', (chunk) => (complained += chunk));
    const end = (signal) => {
      try {
        process.kill(-child.pid, signal);
      } catch {
        // it is gone
      }
    };
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      end('SIGTERM');
      setTimeout(() => end('SIGKILL'), 4000).unref();
    }, limit);
    child.once('close', (code) => {
      clearTimeout(timer);
      end('SIGKILL'); // a browser that was left behind
      if (late) reject(new Error(`took longer than ${limit / 1000} s`));
      else if (code) reject(new Error(complained.match(/^\w*Error: .{0,200}/m)?.[0] ?? `ended with ${code}: ${complained.slice(0, 300)}`));
      else resolve(JSON.parse(said.trim().split('\n').at(-1)));
    });
  });
}

const there = await readFile(out, 'utf8').catch(() => '');
const done = new Set(there.split('\n').filter(Boolean).map((line) => JSON.parse(line).user));
const scratch = await mkdtemp(join(tmpdir(), 'gait-attack-'));
const script = join(scratch, 'peers.js');
await bundlePeers(script);
const recorder = address ? { url: address, close: () => {} } : await startRecorder({ gait, file: out, script });
const scores = new Map();
const failures = new Map(); // error by run
const began = performance.now();
const spent = () => (performance.now() - began) / 60_000;
let stopped = false;
process.once('SIGINT', () => (stopped = true)).once('SIGTERM', () => (stopped = true));

// Seed by seed, so that a run which is stopped has all families.
const plan = seeds.flatMap((seed) => rows.map(({ name }) => ({ name, seed }))).filter(({ name, seed }) => !done.has(`${name}#${seed}`));
try {
  for (const [i, { name, seed, again }] of plan.entries()) {
    if (stopped || (minutes && spent() >= Number(minutes))) break;
    const start = performance.now();
    try {
      const run = await play(recorder.url, name, seed);
      const { score, masked, batches, events, missing, verdicts } = await record(recorder.url, run);
      failures.delete(`${name}#${seed}`);
      scores.set(name, [...(scores.get(name) ?? []), { score, masked }]);
      const detected = Object.keys(verdicts).filter((check) => verdicts[check] === 'Detected').join(' ');
      const seconds = ((performance.now() - start) / 1000).toFixed(1);
      console.log(`${i + 1}/${plan.length} ${name}#${seed} ${seconds} s, score ${score} masked ${masked}, ${batches} batches ${events} events${missing ? ` ${missing} MISSING` : ''}: ${detected} | ${Object.values(run.peers).join(', ')}`);
    } catch (error) {
      failures.set(`${name}#${seed}`, error.message);
      if (!again) plan.push({ name, seed, again: true }); // once more, at the end
      console.log(`${i + 1}/${plan.length} ${name}#${seed} FAILED: ${error.message}`);
    }
  }
} finally {
  await recorder.close();
  await rm(scratch, { recursive: true, force: true });
}

const quantile = (values, q) => [...values].sort((a, b) => a - b)[Math.round(q * (values.length - 1))];
console.log(`\n${[...scores.values()].flat().length} runs recorded, ${failures.size} failed, ${done.size} were there, ${spent().toFixed(1)} minutes`);
for (const [name, runs] of scores) {
  const three = (key) => [0, 0.5, 1].map((q) => quantile(runs.map((run) => run[key]), q)).join('/');
  console.log(`${String(runs.length).padStart(3)}  score ${three('score')}  masked ${three('masked')}  ${name}`);
}
for (const [run, error] of failures) console.log(`failed ${run}: ${error}`);
process.exitCode = failures.size ? 1 : 0;
