// The recorder: `gait record`, started here or named by its address.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Starts it; file is appended to, script is loaded by its pages. */
export async function startRecorder({ gait, file, script }) {
  const child = spawn(gait, ['record', '--json', '--listen', '127.0.0.1:0', '--set', 'attack', '--out', file, '--script', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout });
  const url = await new Promise((resolve, reject) => {
    lines.once('line', (line) => resolve(JSON.parse(line).url));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${gait} record ended with ${code}`)));
  });
  return {
    url,
    close: async () => {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill();
      await gone;
    },
  };
}

/** Writes a session to the recorder's file; returns its score and verdicts. */
export async function record(url, run) {
  const response = await fetch(`${url}/record`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(run) });
  const answer = await response.json();
  if (!response.ok) throw new Error(`not recorded: ${answer.error}`);
  return answer;
}

/** What to do on the page of a seed. */
export async function taskOf(url, seed) {
  const response = await fetch(`${url}/task/${seed}.json`);
  if (!response.ok) throw new Error(`task ${seed}: ${response.status}`);
  return response.json();
}
