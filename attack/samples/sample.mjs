// Makes strokes.json and typing.json from the packs of recorded people.
//
//   node attack/samples/sample.mjs --people DIR
import { writeFile } from 'node:fs/promises';
import { flags } from '../lib/browser.mjs';
import { packed } from '../lib/people.mjs';
import { dice } from '../lib/random.mjs';

const { people } = flags();
const draw = dice('samples');
const shuffled = (list) => list.map((value) => ({ value, at: draw.next() })).sort((a, b) => a.at - b.at).map(({ value }) => value);
const lines = (list) => `[\n${list.map((row) => JSON.stringify(row)).join(',\n')}\n]\n`;

const strokes = (await packed(people, 'humanmove')).map(({ ev }) => ev.map(([, t, x, y]) => [t, x, y]));
await writeFile(new URL('strokes.json', import.meta.url), lines(shuffled(strokes.filter((s) => s.length >= 12)).slice(0, 60)));

// A window of each person's typing without breaks longer than five seconds and without
// the rows that a key held down makes.
const typing = [];
for (const { user, ev } of shuffled(await packed(people, 'klicke'))) {
  const keys = ev.filter(([kind, , dwell, group]) => kind === 'k' && dwell > 0 && 'A1_.B'.includes(group));
  const from = Math.floor(keys.length / 3);
  const row = [];
  for (let i = from; i < keys.length && row.length < 220; i++) {
    const gap = keys[i][1] - keys[i - 1][1];
    if (gap > 0 && gap < 5000) row.push([gap, keys[i][2], keys[i][3]]);
  }
  if (row.length === 220 && row.filter(([, , group]) => group === 'B').length < 40) typing.push({ user, keys: row });
  if (typing.length === 12) break;
}
await writeFile(new URL('typing.json', import.meta.url), lines(typing));
