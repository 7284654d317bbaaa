// A browser that was started like any other on a desktop with assistive technology:
// what lib/atspi.py asks over AT-SPI, the browser does as it does for a screen reader.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { start as startDesktop } from './desktop.mjs';

const firstLine = (stream) => new Promise((resolve) => createInterface({ input: stream }).once('line', resolve));

export async function start(options) {
  const bus = spawn('dbus-daemon', ['--session', '--nofork', '--print-address=1'], {
    stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, DISPLAY: options.display },
  });
  const env = { DBUS_SESSION_BUS_ADDRESS: await firstLine(bus.stdout), GNOME_ACCESSIBILITY: '1' };
  const hands = await startDesktop({ ...options, env, args: [...(options.args ?? []), '--force-renderer-accessibility'] });
  const technology = spawn('/usr/bin/python3', [fileURLToPath(new URL('../lib/atspi.py', import.meta.url))], {
    stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...env, DISPLAY: options.display },
  });
  const lines = createInterface({ input: technology.stdout });

  /** Sends an order of lib/atspi.py. */
  hands.assist = async (order) => {
    const line = new Promise((resolve) => lines.once('line', resolve));
    technology.stdin.write(`${JSON.stringify(order)}\n`);
    const answer = JSON.parse(await line);
    if (answer.error) throw new Error(`AT-SPI: ${answer.error}`);
  };
  const close = hands.close.bind(hands);
  hands.close = async () => {
    technology.kill();
    await close();
    bus.kill();
  };
  return hands;
}
