// Plays one run in a process of its own: the family and seed of the command line against
// the recorder at --url. Prints one JSON object: what POST /record needs.
//
//   node attack/play.mjs --url http://127.0.0.1:8092 --family NAME --seed 1 [--quick] [--people DIR] [--screenshot FILE]
import { writeFile } from 'node:fs/promises';
import { families } from './families.mjs';
import { missing } from './acts/form.mjs';
import { flags } from './lib/browser.mjs';
import { openDisplay } from './lib/display.mjs';
import { begun, ended } from './lib/page.mjs';
import { recordedPeople } from './lib/people.mjs';
import { dice as makeDice } from './lib/random.mjs';
import { taskOf } from './lib/recorder.mjs';
import { eventually, pause } from './lib/time.mjs';

const { url, family: name, seed, quick = false, people, screenshot } = flags();
const { label, family, browser, act, how } = families(await recordedPeople(people)).find((row) => row.name === name);
const dice = makeDice(`${name} ${seed}`);
process.env.TZ = 'Europe/Berlin'; // few people live in UTC, where machines do
Math.random = dice.next; // of the libraries that draw their own paths

const task = await taskOf(url, seed);
const size = dice.pick([{ width: 1280, height: 720 }, { width: 1366, height: 768 }, { width: 1440, height: 900 }, { width: 1920, height: 1080 }]);
const display = browser.headed ? await openDisplay(size.width, size.height) : undefined;

/** What a run leaves: {session, marks, peers, agent}. */
async function play(hands) {
  const address = `${url}/task/${task.seed}`;
  await hands.goto(address, Number(seed) % 2 ? 'load' : 'networkidle');
  let first;
  if (!(await eventually(async () => {
    const start = await hands.evaluate(begun).catch(() => undefined);
    first = start?.first;
    return start?.ready === 'complete' && start.path.startsWith('/task/');
  }, 15000))) throw new Error('the page did not load');

  if (browser.strip) {
    await hands.settle();
    how.strip = size.height - browser.strip - hands.top;
  }
  const marks = {};
  let wrong = [];
  const mark = async (what) => {
    if (what === 'submit') wrong = await missing(hands, task);
    marks[what] ??= Math.max(0, Math.round(Date.now() - first));
  };
  await act(hands, task, how, { dice, mark, quick });
  if (wrong.length) throw new Error(wrong.join('; '));
  try {
    await hands.submitted();
  } catch (error) {
    if (screenshot) await writeFile(screenshot, await hands.screenshot());
    throw error;
  }
  await pause(1500); // the tracker sends once a second
  let end;
  await eventually(async () => {
    end = await hands.evaluate(ended);
    return end.peers && !end.queued;
  }, 4000);
  await hands.leave(); // what is still there is sent
  await pause(400);
  return { session: end.session, marks, peers: end.peers ? JSON.parse(end.peers) : { botd: 'error: no answer', fpscanner: 'error: no answer' } };
}

let hands;
try {
  hands = await browser.start({ ...browser, size, display: display?.name, height: browser.strip && size.height - browser.strip });
  // A person's pointer is somewhere before a page comes.
  if (hands.wholePixels) await hands.move(Math.round(size.width * dice.between(0.2, 0.9)), Math.round(size.height * dice.between(0.2, 0.8)));
  const { session, marks, peers } = await play(hands);
  console.log(JSON.stringify({ sess: session, label, user: `${name}#${seed}`, family, seed: Number(seed), task: String(task.seed), agent: hands.agent, peers, marks }));
} finally {
  await hands?.close();
  display?.close();
}
