// Plays people who use a computer in other ways: keyboard alone, a keyboard on the
// screen, dictation, an input method, form fillers, link hints, assistive technology.
// Input is the X server's; what a helping program does is done as that program does it.
import { optionsAway } from '../lib/page.mjs';
import { pause } from '../lib/time.mjs';
import { aims } from '../lib/motion.mjs';
import { arrows, click, pick, reach } from './form.mjs';

/** Whether the focus is on an element or in it. */
const within = (selector) => document.querySelector(selector).contains(document.activeElement);

/** How many radio buttons are before the one in that label. */
const placeInGroup = (selector) => {
  const wanted = document.querySelector(`${selector} input`);
  return [...document.querySelectorAll(`input[name="${wanted.name}"]`)].indexOf(wanted);
};

const tap = async (hands, key, dice) => {
  await hands.keys([{ at: 0, key, down: true }, { at: dice.between(60, 130), key, down: false }]);
};

/** Tab until the focus is there; how.gap is the time between two presses. */
async function tabTo(hands, selector, how, dice) {
  for (let tries = 0; tries < 60; tries++) {
    if (await hands.evaluate(within, selector)) return;
    await tap(hands, 'Tab', dice);
    await pause(dice.lognormal(how.gap ?? 260, 0.35));
  }
  throw new Error(`Tab never came to ${selector}`);
}

/** A task with the keyboard alone; how: {typing | type, gap, read: [lo, hi]}. */
export async function keyboardOnly(hands, task, how, { dice, mark }) {
  await pause(dice.between(...how.read));
  for (const step of task.steps) {
    const first = step.do === 'choice' ? step.selector.replace(/-\w+$/, '') : step.selector;
    await tabTo(hands, first, how, dice);
    await pause(dice.between(...how.read));
    if (step.do === 'text' || step.do === 'area') {
      if (how.typing) await hands.keys(how.typing(step.answer, dice));
      else await hands.type(step.answer, how.delay);
      await mark('field1');
    } else if (step.do === 'select') {
      await arrows(hands, await hands.evaluate(optionsAway, step.selector, step.answer), dice);
    } else if (step.do === 'choice') {
      const place = await hands.evaluate(placeInGroup, step.selector);
      if (place === 0) await tap(hands, 'Space', dice);
      else await arrows(hands, place, dice);
    } else if (step.do === 'check') await tap(hands, 'Space', dice);
    else {
      if (step.do === 'submit') await mark('submit');
      await tap(hands, 'Enter', dice);
    }
    await pause(dice.between(120, 400));
  }
}

/**
 * A task with the pointer for everything but the text, for which how.write(hands, step,
 * dice, how) is called once the field has the focus.
 */
export async function pointAndWrite(hands, task, how, { dice, mark }) {
  await pause(dice.between(...how.read));
  for (const step of task.steps) {
    await pause(dice.between(300, 1100));
    if (step.do === 'submit') await mark('submit');
    if (step.do === 'text' || step.do === 'area') {
      await click(hands, step.selector, how, dice);
      await pause(dice.between(250, 700));
      await how.write(hands, step, dice, how);
      await mark('field1');
    } else if (step.do === 'select') await pick(hands, step, how, dice);
    else await click(hands, step.selector, how, dice);
  }
}

/** Groups of two to five words, as speech is written down. */
function phrases(text, dice) {
  const words = text.match(/\S+\s*/g);
  const out = [];
  for (let i = 0; i < words.length;) {
    const n = dice.whole(2, 5);
    out.push(words.slice(i, i + n).join(''));
    i += n;
  }
  return out;
}

/** Dictation: a few words at a time, at the pace of speech, with no key pressed. */
export async function dictate(hands, { answer }, dice) {
  for (const words of phrases(answer, dice)) {
    await pause(words.length * dice.between(45, 75) + dice.between(300, 900));
    await hands.insert(words);
  }
}

/** An input method: each word is composed letter by letter, then committed. */
export async function compose(hands, { answer }, dice) {
  for (const word of answer.match(/\S+\s*/g)) {
    for (let i = 1; i <= word.trim().length; i++) {
      const text = word.slice(0, i);
      await hands.cdp.call('Input.imeSetComposition', { text, selectionStart: i, selectionEnd: i });
      await pause(dice.lognormal(120, 0.4));
    }
    await pause(dice.between(60, 250));
    await hands.insert(word);
  }
}

const screenRows = ['qwertyuiop', 'asdfghjkl;', 'zxcvbnm,.?'];

/**
 * A keyboard on the screen, in a strip under the browser's window: the pointer goes to
 * a place on it for each key, and the key is down as long as the button. Of longer
 * words the first letter is enough; then the word itself is picked from a row above the
 * keys, and the keyboard's program writes the rest.
 */
export async function screenKeyboard(hands, { answer }, dice, how) {
  const reachFor = async (column, row) => {
    const to = aims.inside({ x: 200 + column * 60, y: how.strip + 5 + row * 28, width: 50, height: 25 }, dice);
    await hands.path(how.fingers(hands.at, { x: Math.round(to.x), y: Math.round(to.y) }, dice));
  };
  const key = async (c) => {
    const row = screenRows.findIndex((keys) => keys.includes(c.toLowerCase()));
    await reachFor(row < 0 ? 4 : screenRows[row].indexOf(c.toLowerCase()), row < 0 ? 4 : row + 1);
    await hands.down();
    await hands.keys([{ at: 0, key: c, down: true }, { at: dice.between(60, 130), key: c, down: false }]);
    await hands.up();
    await pause(dice.between(30, 120));
  };
  for (const word of answer.match(/\S+\s*/g)) {
    const picks = word.trim().length > 2;
    for (const c of picks ? word[0] : word) await key(c);
    if (!picks) continue;
    await reachFor(dice.whole(0, 8), 0);
    await hands.press(dice.between(60, 130));
    await hands.type(word.slice(1), 0);
    await pause(dice.between(80, 250));
  }
}

/** What an extension that fills forms does to a field: its own events around the value. */
function filled(selector, value) {
  const field = document.querySelector(selector);
  field.focus();
  for (const type of ['keydown', 'keypress', 'keyup']) field.dispatchEvent(new KeyboardEvent(type, { bubbles: true }));
  field.value = value;
  for (const type of ['input', 'change']) field.dispatchEvent(new Event(type, { bubbles: true }));
}

/** A form filler or password manager fills short fields; the long one is typed. */
export async function formFiller(hands, step, dice, how) {
  if (step.do === 'area') await hands.keys(how.typing(step.answer, dice));
  else await hands.evaluate(filled, step.selector, step.answer);
}

/**
 * A text expander: some words by hand, then an abbreviation, which the expander erases
 * and writes out with keys of its own.
 */
export async function expand(hands, { answer }, dice, how) {
  const at = answer.indexOf(' ', answer.length >> 1);
  await hands.keys(how.typing(answer.slice(0, at) + ' ;x', dice));
  await pause(dice.between(20, 60));
  await hands.xdotool('key', '--delay', 1, 'BackSpace', 'BackSpace');
  await hands.type(answer.slice(at + 1), 2);
}

/** Link hints: letters are typed, then the extension clicks with events of its own. */
function hinted(selector) {
  const element = document.querySelector(selector);
  const field = element.matches('input, textarea, select');
  if (field) element.focus();
  for (const type of ['pointerover', 'mouseover', 'pointerdown', 'mousedown', 'pointerup', 'mouseup', 'click']) {
    const Kind = type.startsWith('pointer') ? PointerEvent : MouseEvent;
    element.dispatchEvent(new Kind(type, { bubbles: true, cancelable: true, composed: true, view: window, detail: 1 }));
  }
}

/** A task with link hints for clicks and the keyboard for texts. */
export async function linkHints(hands, task, how, { dice, mark }) {
  await pause(dice.between(...how.read));
  for (const step of task.steps) {
    if (step.do === 'submit') await mark('submit');
    await reach(hands, step.selector, { wheel: false }, dice);
    await tap(hands, 'f', dice);
    await pause(dice.between(350, 900));
    await tap(hands, dice.pick(['a', 's', 'd', 'j', 'k']), dice);
    await hands.evaluate(hinted, step.selector);
    await pause(dice.between(250, 600));
    if (step.do === 'text' || step.do === 'area') {
      await hands.keys(how.typing(step.answer, dice));
      await mark('field1');
      await tap(hands, 'Escape', dice);
      await hands.evaluate(() => document.activeElement.blur());
    } else if (step.do === 'select') {
      await arrows(hands, await hands.evaluate(optionsAway, step.selector, step.answer), dice);
    }
    await pause(dice.between(200, 600));
  }
}

/** The text of a label, by which assistive technology knows the control in it. */
const labelText = (selector) => document.querySelector(selector).textContent.trim();

/**
 * A task with assistive technology: it puts the focus where the person says and
 * presses what they choose. how.write enters the texts.
 */
export async function assisted(hands, task, how, { dice, mark }) {
  await pause(dice.between(...how.read));
  for (const step of task.steps) {
    await pause(dice.lognormal(900, 0.4));
    const id = step.selector.slice(1);
    if (step.do === 'text' || step.do === 'area') {
      await hands.assist({ do: 'focus', id });
      await pause(dice.between(300, 800));
      await how.write(hands, step, dice, how);
      await mark('field1');
    } else if (step.do === 'select') {
      await hands.assist({ do: 'focus', id });
      await pause(dice.between(300, 800));
      await arrows(hands, await hands.evaluate(optionsAway, step.selector, step.answer), dice);
    } else if (step.do === 'choice' || step.do === 'check') {
      const role = step.do === 'choice' ? 'radio button' : 'check box';
      await hands.assist({ do: 'press', role, name: await hands.evaluate(labelText, step.selector) });
    } else {
      if (step.do === 'submit') await mark('submit');
      await hands.assist({ do: 'press', id });
    }
  }
}

/** Keys in a person's rhythm. */
export const byKeys = (hands, { answer }, dice, how) => hands.keys(how.typing(answer, dice));
