// Recorded people: the small sample beside the drivers, or the packs in a directory.
import { execFile } from 'node:child_process';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The sessions of a pack named *NAME.jsonl or *NAME.jsonl.xz; the latter needs xz. */
export async function packed(directory, name) {
  const found = (await readdir(directory)).find((file) => new RegExp(`${name}\\.jsonl(\\.xz)?$`).test(file));
  if (!found) throw new Error(`${directory}: no pack of ${name}`);
  const file = join(directory, found);
  const text = file.endsWith('.xz')
    ? (await promisify(execFile)('xz', ['-dc', file], { maxBuffer: 1 << 30 })).stdout
    : await readFile(file, 'utf8');
  return text.split('\n').filter(Boolean).map((line) => JSON.parse(line));
}

/** {strokes: [[[t, x, y]]], typing: [{user, keys: [[gap, dwell, class]]}]} */
export async function recordedPeople(directory) {
  const sample = async (name) => JSON.parse(await readFile(new URL(`../samples/${name}.json`, import.meta.url), 'utf8'));
  const strokes = directory
    ? (await packed(directory, 'humanmove')).map(({ ev }) => ev.map(([, t, x, y]) => [t, x, y])).filter((stroke) => stroke.length >= 12)
    : await sample('strokes');
  return { strokes, typing: await sample('typing') };
}
