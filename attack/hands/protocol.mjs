// A browser that was started like any other, and input by the DevTools protocol: how
// tools for agents drive the browser that a person has open.
import { pause } from '../lib/time.mjs';
import { Desktop, start as startDesktop } from './desktop.mjs';
import { Hands } from './hands.mjs';

/** Key codes of the protocol; a text is what the key writes. */
function described(key) {
  const named = { Backspace: [8, 'Backspace'], Tab: [9, 'Tab'], Enter: [13, 'Enter', '\r'], ArrowUp: [38, 'ArrowUp'], ArrowDown: [40, 'ArrowDown'], Escape: [27, 'Escape'] }[key];
  if (named) return { key, code: named[1], windowsVirtualKeyCode: named[0], ...(named[2] && { text: named[2] }) };
  const upper = key.toUpperCase();
  const code = /[A-Z]/.test(upper) ? `Key${upper}` : /\d/.test(key) ? `Digit${key}` : key === ' ' ? 'Space' : '';
  return { key, code, text: key, windowsVirtualKeyCode: /[A-Z\d ]/.test(upper) ? upper.charCodeAt(0) : 0, modifiers: /[A-Z]/.test(key) ? 8 : 0 };
}

export class Protocol extends Desktop {
  wholePixels = false;
  path = Hands.prototype.path;
  keys = Hands.prototype.keys;
  wheels = Hands.prototype.wheels;

  mouse(type, more) {
    return this.cdp.call('Input.dispatchMouseEvent', { type, x: this.at.x, y: this.at.y, ...more });
  }

  async move(x, y) {
    this.at = { x, y };
    await this.mouse('mouseMoved');
  }

  down() {
    return this.mouse('mousePressed', { button: 'left', buttons: 1, clickCount: 1 });
  }

  up() {
    return this.mouse('mouseReleased', { button: 'left', buttons: 0, clickCount: 1 });
  }

  async press(dwell) {
    await this.down();
    await pause(dwell);
    await this.up();
  }

  wheel(dy) {
    return this.mouse('mouseWheel', { deltaX: 0, deltaY: dy });
  }

  keyDown(key) {
    return this.cdp.call('Input.dispatchKeyEvent', { type: 'keyDown', ...described(key) });
  }

  keyUp(key) {
    return this.cdp.call('Input.dispatchKeyEvent', { type: 'keyUp', ...described(key), text: undefined });
  }

  async type(text, delay) {
    for (const key of text) {
      await this.keyDown(key);
      await this.keyUp(key);
      if (delay) await pause(delay);
    }
  }
}

export const start = async (options) => {
  const { env, cdp, end, agent } = await startDesktop(options);
  return Object.assign(new Protocol(env, cdp, end), { agent: agent.replace('desktop', 'protocol') });
};
