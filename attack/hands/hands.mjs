// What every driver has in common: a pointer, keys, and questions to the page. A driver
// says how one event is made; what consists of many is here.
//
// A driver has: goto, evaluate(fn, ...args), move, down, up, wheel(dy), keyDown, keyUp,
// insert(text), close, and agent. Tools add their own click, type, fill, choose.
import { clock, eventually, pause } from '../lib/time.mjs';
import * as page from '../lib/page.mjs';

export class Hands {
  at = { x: 0, y: 0 };

  async box(selector) {
    const box = await this.evaluate(page.boxOf, selector);
    if (!box) throw new Error(`${selector} is not there`);
    return box;
  }

  show(selector) {
    return this.evaluate(page.show, selector);
  }

  /** Moves along points {x, y, dt}; each dt is waited for by the clock, not after the last move. */
  async path(points) {
    const until = clock();
    let at = 0;
    for (const { x, y, dt } of points) {
      at += dt;
      if (dt) await until(at);
      await this.move(x, y);
      this.at = { x, y };
    }
  }

  /** Presses the button where the pointer is, for so many ms. */
  async press(dwell) {
    await this.down();
    if (dwell) await pause(dwell);
    await this.up();
  }

  /** Presses keys in time: events of lib/typing.mjs. */
  async keys(events) {
    const until = clock();
    for (const { at, key, down } of events) {
      await until(at);
      await (down ? this.keyDown(key) : this.keyUp(key));
    }
  }

  /** Turns the wheel: rows of {dy, dt}. */
  async wheels(rows) {
    const until = clock();
    let at = 0;
    for (const { dy, dt } of rows) {
      at += dt;
      await until(at);
      await this.wheel(dy);
    }
  }

  async shortcut(modifier, key) {
    await this.keyDown(modifier);
    await this.keyDown(key);
    await this.keyUp(key);
    await this.keyUp(modifier);
  }

  /** Waits until the form has led to its page of thanks. */
  async submitted() {
    const done = await eventually(async () => {
      try {
        return (await this.evaluate(page.begun)).path.endsWith('/done');
      } catch {
        return false; // the document is being replaced
      }
    }, 8000);
    if (!done) throw new Error('the form was not submitted');
  }
}
