// Fills in a task's form as scripts do: to each field in order, then the button. How it
// does so is the family's: a motion, an aim, a way of entering text, pauses.
import { clickElement, holds, isOpen, optionsAway, setValue } from '../lib/page.mjs';
import { pause } from '../lib/time.mjs';
import { aims } from '../lib/motion.mjs';

/**
 * how: {
 *   point: 'tool' | 'chain' | 'at' | 'path' | 'dom' | 'none',  what a click is
 *   motion, aim,              of 'path': generators of lib/motion.mjs
 *   dwell: [lo, hi],          ms that the button is held
 *   moves: n,                 tool moves to random places before each click
 *   enter: 'fill' | 'value' | 'insert' | 'type' | 'send' | 'paste' | 'keys',
 *   delay,                    of 'type', ms
 *   typing,                   of 'keys': a generator of lib/typing.mjs
 *   wheel: true,              scrolls by the wheel, else as the tool does
 *   think: [lo, hi],          ms before each step
 * }
 */
export async function fillForm(hands, task, how, { dice, mark }) {
  if (how.arrive) await pause(dice.between(...how.arrive));
  for (const step of task.steps) {
    if (how.think) await pause(dice.between(...how.think));
    if (how.before) await how.before(hands, step, dice);
    await act(hands, step, how, dice, mark);
  }
}

async function act(hands, step, how, dice, mark) {
  switch (step.do) {
    case 'text':
    case 'area':
      // fill and send_keys focus the field by themselves; how says whether it is clicked too.
      if (how.point !== 'none') await click(hands, step.selector, how, dice);
      if (how.settle) await pause(dice.between(...how.settle));
      await enter(hands, step, how, dice);
      await mark('field1');
      return;
    case 'select':
      await choose(hands, step, how, dice);
      return;
    case 'submit':
      await mark('submit');
      await click(hands, step.selector, how, dice);
      return;
    default: // choice, check, link
      await click(hands, step.selector, how, dice);
  }
}

export async function click(hands, selector, how, dice) {
  switch (how.point) {
    case 'dom':
      return (hands.inject ?? hands.evaluate).call(hands, clickElement, selector);
    case 'chain':
      return hands.chain(selector);
    case 'path':
      return clickAlong(hands, selector, how, dice);
    default:
      for (let i = 0; i < (how.moves ?? 0); i++) await hands.move(dice.between(50, 1100), dice.between(50, 600), dice.whole(2, 6));
      return hands.click(selector);
  }
}

/** Brings a box into view; returns where it then is. */
export async function reach(hands, selector, how, dice) {
  let box = await hands.box(selector);
  const room = box.viewport.height;
  const inView = () => box.y >= 0 && box.y + Math.min(box.height, room * 0.6) <= room - 8;
  if (inView()) return box;
  if (!how.wheel) {
    await hands.show(selector);
    return hands.box(selector);
  }
  if (hands.at.y > room) {
    // The wheel turns what the pointer is over.
    const { width, height } = box.viewport;
    await hands.path(how.motion(hands.at, { x: Math.round(width * dice.between(0.3, 0.7)), y: Math.round(height * dice.between(0.3, 0.7)) }, dice));
  }
  for (let tries = 0; tries < 12 && !inView(); tries++) {
    const away = box.y + box.height / 2 - room * dice.between(0.4, 0.65);
    const clicks = Math.max(1, Math.min(6, Math.round(Math.abs(away) / 120)));
    await hands.wheels(Array.from({ length: clicks }, () => ({ dy: Math.sign(away) * 120, dt: dice.lognormal(55, 0.4) })));
    await pause(dice.between(250, 450));
    box = await hands.box(selector);
  }
  return box;
}

async function clickAlong(hands, selector, how, dice) {
  const box = await reach(hands, selector, how, dice);
  let to = (how.aim ?? aims.centre)(box, dice);
  if (hands.wholePixels) to = { x: Math.round(to.x), y: Math.round(to.y) };
  await hands.path(how.motion(hands.at, to, dice));
  if (how.hover) await pause(dice.between(...how.hover));
  await hands.press(how.dwell ? dice.between(...how.dwell) : 0);
}

async function enter(hands, { selector, answer }, how, dice) {
  switch (how.enter) {
    case 'fill':
      return hands.fill(selector, answer);
    case 'value':
      return (hands.inject ?? hands.evaluate).call(hands, setValue, selector, answer);
    case 'insert':
      return hands.insert(answer);
    case 'type':
      return hands.type(answer, how.delay);
    case 'send':
      return hands.sendKeys(selector, answer);
    case 'paste':
      await hands.copy(answer);
      if (how.settle) await pause(dice.between(...how.settle));
      return hands.shortcut('Control', 'v');
    default:
      return hands.keys(how.typing(answer, dice));
  }
}

/** A select: by the tool, or with the pointer and the arrow keys. */
async function choose(hands, { selector, answer }, how, dice) {
  if (how.point === 'dom') return (hands.inject ?? hands.evaluate).call(hands, setValue, selector, answer);
  if (hands.choose) {
    if (how.point === 'path') {
      // Scripts with a motion of their own point at the field, and leave the rest to the tool.
      const box = await reach(hands, selector, how, dice);
      await hands.path(how.motion(hands.at, (how.aim ?? aims.centre)(box, dice), dice));
    }
    return hands.choose(selector, answer);
  }
  await pick(hands, { selector, answer }, how, dice);
}

/**
 * A click that opens the list, arrow keys, Enter; a look at what it came to, Escape if the list is still there
 * (Enter leaves it open where nothing was moved to), and arrow keys again if it is wrong.
 */
export async function pick(hands, { selector, answer }, how, dice) {
  await click(hands, selector, how, dice);
  await pause(dice.between(500, 900));
  await arrows(hands, await hands.evaluate(optionsAway, selector, answer), dice);
  await stroke(hands, 'Enter', dice.between(50, 110));
  for (let tries = 0; tries < 3; tries++) {
    await pause(dice.between(350, 600));
    if (await hands.evaluate(isOpen, selector)) await stroke(hands, 'Escape', dice.between(50, 110));
    await hands.refocus?.();
    await arrows(hands, await hands.evaluate(optionsAway, selector, answer), dice);
  }
}

export async function arrows(hands, count, dice) {
  const key = count < 0 ? 'ArrowUp' : 'ArrowDown';
  for (let i = 0; i < Math.abs(count); i++) {
    await stroke(hands, key, dice.between(45, 110));
    await pause(dice.between(90, 260));
  }
}

const stroke = (hands, key, dwell) => hands.keys([{ at: 0, key, down: true }, { at: dwell, key, down: false }]);

/** Which answers are not in the page as they should be. */
export async function missing(hands, task) {
  const wrong = [];
  for (const { do: kind, selector, answer } of task.steps) {
    if (!['text', 'area', 'select'].includes(kind)) continue;
    const held = await hands.evaluate(holds, selector);
    if (held !== answer) wrong.push(`${selector} holds ${JSON.stringify(held)?.slice(0, 40)}, not ${JSON.stringify(answer).slice(0, 40)}`);
  }
  return wrong;
}

