// A virtual display of its own for everything that needs real windows.
import { spawn } from 'node:child_process';

/** Starts Xvfb on a free display and returns {name, close}. */
export async function openDisplay(width = 1280, height = 720) {
  const xvfb = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', `${width}x${height}x24`, '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  });
  const name = await new Promise((resolve, reject) => {
    let said = '';
    xvfb.stdio[3].on('data', (chunk) => {
      said += chunk;
      if (said.includes('\n')) resolve(`:${said.trim()}`);
    });
    xvfb.on('error', reject);
    xvfb.on('exit', (code) => reject(new Error(`Xvfb ended with ${code} before it had a display`)));
  });
  return { name, close: () => xvfb.kill() };
}
