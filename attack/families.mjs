// The matrix, one family a row. family is what a recorded line says: input path, motion,
// typing, browser; together they are the family's name. hands starts the browser, act
// does the task.
import * as motion from './lib/motion.mjs';
import * as typing from './lib/typing.mjs';
import { agent } from './acts/agent.mjs';
import { fillForm } from './acts/form.mjs';
import * as person from './acts/person.mjs';
import { start as assistive } from './hands/assistive.mjs';
import { start as desktop } from './hands/desktop.mjs';
import { start as playwright } from './hands/playwright.mjs';
import { start as protocol } from './hands/protocol.mjs';
import { start as puppeteer } from './hands/puppeteer.mjs';
import { start as webdriver } from './hands/webdriver.mjs';

const userAgent = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36';
const unflagged = ['--disable-blink-features=AutomationControlled'];

/** Browsers by the name that a family gives. headed ones get a display of their own. */
const browsers = {
  'playwright-headless': { start: playwright },
  'playwright-headed': { start: playwright, headed: true },
  'playwright-unflagged-headless': { start: playwright, args: unflagged, userAgent },
  'playwright-unflagged-headed': { start: playwright, args: unflagged, headed: true, profile: true },
  'patchright-headless': { start: playwright, library: 'patchright-core' },
  'patchright-headed': { start: playwright, library: 'patchright-core', headed: true, profile: true },
  'rebrowser-headed': { start: playwright, library: 'rebrowser-playwright-core', headed: true, args: unflagged },
  'puppeteer-headless': { start: puppeteer },
  'puppeteer-headed': { start: puppeteer, headed: true },
  'stealth-headless': { start: puppeteer, stealth: true },
  'stealth-headed': { start: puppeteer, stealth: true, headed: true },
  'ghost-stealth-headless': { start: puppeteer, stealth: true, ghost: true },
  'ghost-stealth-headed': { start: puppeteer, stealth: true, ghost: true, headed: true },
  'ghost-puppeteer-headed': { start: puppeteer, ghost: true, headed: true },
  'firefox-headless': { start: puppeteer, browser: 'firefox' },
  'firefox-headed': { start: puppeteer, browser: 'firefox', headed: true },
  'chromedriver-headless': { start: webdriver },
  'chromedriver-headed': { start: webdriver, headed: true },
  'chromedriver-unflagged-headed': { start: webdriver, headed: true, args: unflagged, exclude: ['enable-automation'] },
  'chromium-headed': { start: desktop, headed: true },
  'chromium-protocol': { start: protocol, headed: true },
  'chromium-assistive': { start: assistive, headed: true },
  'chromium-strip': { start: desktop, headed: true, strip: 150 },
};

// Ways of clicking.
const tool = { point: 'tool' };
const none = { point: 'none' };
const dom = { point: 'dom' };
const along = (path, more) => ({ point: 'path', motion: path, ...more });
const humanly = { aim: motion.aims.inside, dwell: [55, 130], hover: [30, 180], settle: [120, 450], think: [150, 900], arrive: [500, 1500], wheel: true };

/** Ways of moving and typing; those that replay people need them. */
function ways(people) {
  return {
    straight: along(motion.straight(15, 0)),
    straightSlow: along(motion.straight(25, 8), { dwell: [40, 60] }),
    bezier: along(motion.bezier(), humanly),
    windmouse: along(motion.windmouse(), humanly),
    jerk: along(motion.minimumJerk(), humanly),
    recorded: along(motion.recorded(people.strokes), humanly),
    resampled: along(motion.resampled(people.strokes), humanly),
    uniform: { enter: 'keys', typing: typing.uniform(30, 120) },
    press: { enter: 'keys', typing: typing.lognormal({ median: 120, dwell: 0 }) },
    lognormal: { enter: 'keys', typing: typing.lognormal({ median: 115 }) },
    corrected: { enter: 'keys', typing: typing.lognormal({ median: 115, typos: 0.05 }) },
    person: { enter: 'keys', typing: typing.recorded(people.typing) },
    paste: { enter: 'paste' },
  };
}

const fill = { enter: 'fill' };
const insert = { enter: 'insert' };
const send = { enter: 'send' };
const type = (delay) => ({ enter: 'type', delay });

/** Every family; people are those of lib/people.mjs. */
export function families(people) {
  const w = ways(people);
  const list = [];
  const add = (label, input, moves, types, browser, how, act = fillForm) => {
    if (!browsers[browser]) throw new Error(`no browser ${browser}`);
    list.push({ name: [input, moves, types, browser].join('/'), label, family: { input, motion: moves, typing: types, browser }, browser: browsers[browser], act, how });
  };

  // Tools as their documentation uses them.
  add('plain', 'cdp', 'none', 'fill', 'playwright-headless', { ...tool, ...fill });
  add('plain', 'cdp', 'none', 'fill', 'playwright-headed', { ...tool, ...fill });
  add('plain', 'cdp', 'none', 'fill-unclicked', 'playwright-headless', { ...none, ...fill });
  add('plain', 'cdp', 'none', 'insert-text', 'playwright-headless', { ...tool, ...insert });
  add('plain', 'cdp', 'none', 'type-0', 'playwright-headless', { ...tool, ...type(0) });
  add('plain', 'cdp', 'none', 'type-40', 'playwright-headless', { ...tool, ...type(40) });
  add('plain', 'cdp', 'none', 'type-100', 'playwright-headed', { ...tool, ...type(100) });
  add('plain', 'cdp', 'none', 'uniform', 'playwright-headless', { ...tool, ...w.uniform });
  add('plain', 'cdp', 'none', 'paste', 'playwright-headless', { ...tool, ...w.paste });
  add('plain', 'cdp', 'straight', 'fill', 'playwright-headed', { ...w.straight, ...fill });
  add('plain', 'cdp', 'straight', 'type-40', 'playwright-headless', { ...w.straight, ...type(40) });
  add('plain', 'cdp', 'none', 'fill', 'puppeteer-headless', { ...tool, ...fill });
  add('plain', 'cdp', 'none', 'type-0', 'puppeteer-headless', { ...tool, ...type(0) });
  add('plain', 'cdp', 'none', 'type-40', 'puppeteer-headed', { ...tool, ...type(40) });
  add('plain', 'webdriver', 'none', 'send-keys', 'chromedriver-headless', { ...tool, ...send });
  add('plain', 'webdriver', 'none', 'send-keys', 'chromedriver-headed', { ...tool, ...send });
  add('plain', 'webdriver', 'action-chain', 'send-keys', 'chromedriver-headed', { point: 'chain', ...send });
  add('plain', 'bidi', 'none', 'type-30', 'firefox-headless', { ...tool, ...type(30) });
  add('plain', 'bidi', 'none', 'type-60', 'firefox-headed', { ...tool, ...type(60) });
  add('plain', 'script', 'none', 'value', 'playwright-headless', { ...dom, enter: 'value' });

  // Hidden automation: plain behaviour in patched browsers, human-like behaviour in both.
  add('hidden', 'cdp', 'none', 'fill', 'playwright-unflagged-headed', { ...tool, ...fill });
  add('hidden', 'cdp', 'none', 'type-40', 'playwright-unflagged-headless', { ...tool, ...type(40) });
  add('hidden', 'cdp', 'bezier', 'lognormal', 'playwright-unflagged-headless', { ...w.bezier, ...w.lognormal });
  add('hidden', 'cdp', 'none', 'type-0', 'stealth-headless', { ...tool, ...type(0) });
  add('hidden', 'cdp', 'none', 'type-40', 'stealth-headed', { ...tool, ...type(40) });
  add('hidden', 'cdp', 'ghost-cursor', 'type-100', 'ghost-stealth-headless', { ...tool, ...type(100) });
  add('hidden', 'cdp', 'ghost-cursor', 'lognormal-press', 'ghost-stealth-headed', { ...tool, ...w.press });
  add('hidden', 'cdp', 'ghost-cursor', 'corrected', 'ghost-puppeteer-headed', { ...tool, ...w.corrected });
  add('hidden', 'cdp', 'none', 'fill', 'patchright-headed', { ...tool, ...fill });
  add('hidden', 'cdp', 'none', 'fill', 'patchright-headless', { ...tool, ...fill });
  add('hidden', 'cdp', 'none', 'type-40', 'patchright-headed', { ...tool, ...type(40) });
  add('hidden', 'cdp', 'none', 'insert-text', 'patchright-headed', { ...tool, ...insert });
  add('hidden', 'cdp', 'straight', 'uniform', 'patchright-headed', { ...w.straight, ...w.uniform });
  add('hidden', 'cdp', 'bezier', 'lognormal', 'patchright-headed', { ...w.bezier, ...w.lognormal });
  add('hidden', 'cdp', 'bezier', 'fill', 'patchright-headed', { ...w.bezier, ...fill });
  add('hidden', 'cdp', 'windmouse', 'lognormal-press', 'patchright-headed', { ...w.windmouse, ...w.press });
  add('hidden', 'cdp', 'windmouse', 'lognormal', 'patchright-headless', { ...w.windmouse, ...w.lognormal });
  add('hidden', 'cdp', 'minimum-jerk', 'corrected', 'patchright-headed', { ...w.jerk, ...w.corrected });
  add('hidden', 'cdp', 'minimum-jerk', 'paste', 'patchright-headed', { ...w.jerk, ...w.paste });
  add('hidden', 'cdp', 'recorded', 'recorded', 'patchright-headed', { ...w.recorded, ...w.person });
  add('hidden', 'cdp', 'recorded-smooth', 'corrected', 'patchright-headed', { ...w.resampled, ...w.corrected });
  add('hidden', 'cdp', 'none', 'fill', 'rebrowser-headed', { ...tool, ...fill });
  add('hidden', 'cdp', 'bezier', 'uniform', 'rebrowser-headed', { ...w.bezier, ...w.uniform });
  add('hidden', 'cdp', 'minimum-jerk', 'lognormal', 'rebrowser-headed', { ...w.jerk, ...w.lognormal });
  add('hidden', 'webdriver', 'none', 'send-keys', 'chromedriver-unflagged-headed', { ...tool, ...send });
  add('hidden', 'bidi', 'minimum-jerk', 'lognormal', 'firefox-headed', { ...w.jerk, ...w.lognormal });
  add('hidden', 'script', 'none', 'value', 'chromium-headed', { ...dom, enter: 'value', think: [200, 900] });

  // Input of the operating system, in a browser without automation.
  add('os', 'xdotool', 'jump', 'type-12', 'chromium-headed', { ...along(motion.jump(), { wheel: true }), ...type(12), settle: [100, 200] });
  add('os', 'xdotool', 'straight', 'type-60', 'chromium-headed', { ...w.straightSlow, wheel: true, settle: [100, 200], ...type(60) });
  add('os', 'xdotool', 'jump', 'paste', 'chromium-headed', { ...along(motion.jump(), { wheel: true, dwell: [50, 90] }), ...w.paste, settle: [200, 400] });
  add('os', 'xdotool', 'bezier', 'lognormal', 'chromium-headed', { ...w.bezier, ...w.lognormal });
  add('os', 'xdotool', 'windmouse', 'corrected', 'chromium-headed', { ...w.windmouse, ...w.corrected });
  add('os', 'xdotool', 'minimum-jerk', 'recorded', 'chromium-headed', { ...w.jerk, ...w.person });
  add('os', 'xdotool', 'recorded', 'recorded', 'chromium-headed', { ...w.recorded, ...w.person });
  add('os', 'xdotool', 'recorded-smooth', 'corrected', 'chromium-headed', { ...w.resampled, ...w.corrected });

  // Agents.
  add('agent', 'cdp', 'agent-screenshot', 'type-12', 'playwright-headed', { sees: 'screenshot', acts: 'coordinates', enter: 'type', delay: 12 }, agent);
  add('agent', 'cdp', 'agent-outline', 'fill', 'playwright-unflagged-headed', { sees: 'outline', acts: 'locator', enter: 'fill' }, agent);
  add('agent', 'cdp', 'agent-outline', 'type-40', 'patchright-headed', { sees: 'outline', acts: 'locator', enter: 'type', delay: 40 }, agent);
  add('agent', 'protocol', 'agent-page', 'type-18', 'chromium-protocol', { sees: 'page', acts: 'coordinates', enter: 'type', delay: 18 }, agent);
  add('agent', 'script', 'agent-page', 'value', 'chromium-headed', { sees: 'page', acts: 'script', enter: 'script' }, agent);
  add('agent', 'xdotool', 'agent-screenshot', 'type-12', 'chromium-headed', { sees: 'screenshot', acts: 'coordinates', enter: 'type', delay: 12 }, agent);
  add('agent', 'xdotool', 'agent-screenshot', 'paste', 'chromium-headed', { sees: 'screenshot', acts: 'coordinates', enter: 'paste' }, agent);

  // People who use a computer in other ways, played.
  const read = { read: [700, 2200] };
  const pointer = { ...w.resampled, ...read, settle: undefined };
  add('human-assistive', 'xdotool', 'keyboard-only', 'recorded', 'chromium-headed', { ...read, typing: w.person.typing }, person.keyboardOnly);
  add('human-assistive', 'xdotool', 'keyboard-only', 'corrected', 'chromium-headed', { ...read, typing: typing.lognormal({ median: 150, dwell: 100, typos: 0.03 }), gap: 380 }, person.keyboardOnly);
  add('human-assistive', 'xdotool', 'recorded-smooth', 'screen-keyboard', 'chromium-strip', { ...pointer, write: person.screenKeyboard, fingers: motion.minimumJerk() }, person.pointAndWrite);
  add('human-assistive', 'xdotool', 'recorded-smooth', 'dictation', 'chromium-headed', { ...pointer, write: person.dictate }, person.pointAndWrite);
  add('human-assistive', 'xdotool', 'recorded-smooth', 'input-method', 'chromium-headed', { ...pointer, write: person.compose }, person.pointAndWrite);
  add('human-assistive', 'xdotool', 'link-hints', 'recorded', 'chromium-headed', { ...read, typing: w.person.typing }, person.linkHints);

  add('human-assistive', 'xdotool', 'recorded-smooth', 'form-filler', 'chromium-headed', { ...pointer, write: person.formFiller, typing: w.person.typing }, person.pointAndWrite);
  add('human-assistive', 'xdotool', 'recorded-smooth', 'text-expander', 'chromium-headed', { ...pointer, write: person.expand, typing: w.person.typing }, person.pointAndWrite);
  add('human-assistive', 'at-spi', 'none', 'recorded', 'chromium-assistive', { ...read, write: person.byKeys, typing: w.person.typing }, person.assisted);
  add('human-assistive', 'at-spi', 'none', 'dictation', 'chromium-assistive', { ...read, write: person.dictate }, person.assisted);

  // What anyone would try within an hour, one by one, on top of patchright.
  const patched = (moves, types, how, act) => add('evasion', 'cdp', moves, types, 'patchright-headed', how, act);
  patched('jitter-3px', 'fill', { ...along(motion.jump(), { aim: motion.aims.jitter }), ...fill });
  patched('few-moves', 'fill', { ...tool, moves: 3, ...fill });
  patched('few-moves', 'type-40', { ...tool, moves: 3, ...type(40) });
  patched('none', 'lognormal-press', { ...tool, ...w.press });
  patched('none', 'one-backspace', { ...tool, enter: 'keys', typing: typing.oneBackspace(40) });
  patched('slow', 'fill', { ...tool, ...fill, think: [1200, 4000], arrive: [2000, 4000] });
  patched('wheel-noise', 'fill', { ...tool, ...fill, before: wheelNoise });
  patched('one-click', 'few-keys', { ...read }, fewKeys);
  patched('keyboard-only', 'type-40', { read: [50, 100], gap: 60, delay: 40 }, person.keyboardOnly);
  patched('keyboard-only', 'lognormal', { read: [200, 600], gap: 150, typing: w.lognormal.typing }, person.keyboardOnly);
  patched('jitter-3px', 'lognormal', { ...w.bezier, aim: motion.aims.jitter, ...w.lognormal, wheel: false });
  return list;
}

/** Turns the wheel a little before a step, in a script's equal ticks. */
async function wheelNoise(hands, step, dice) {
  await hands.wheels(Array.from({ length: dice.whole(1, 4) }, () => ({ dy: dice.chance(0.6) ? 100 : -100, dt: 120 })));
}

/** Stays under what checks need to see: one click, fewer than 20 keys, Tab for the rest. */
async function fewKeys(hands, task, how, { dice, mark }) {
  let keys = 18;
  let clicked = false;
  for (const step of task.steps) {
    if (step.do === 'submit') await mark('submit');
    if (step.do === 'text' || step.do === 'area') {
      if (!clicked) await hands.click(step.selector);
      clicked = true;
      await hands.fill(step.selector, step.answer.slice(0, -3));
      const last = step.answer.slice(-3);
      if (keys >= 3) {
        keys -= 3;
        await hands.keys(typing.lognormal()(last, dice));
      } else await hands.fill(step.selector, step.answer);
      await mark('field1');
    } else if (step.do === 'select') await hands.choose(step.selector, step.answer);
    else await hands.evaluate((selector) => {
      const element = document.querySelector(selector);
      (element.querySelector('input') ?? element).focus();
    }, step.selector).then(() => hands.keys([{ at: 0, key: step.do === 'submit' || step.do === 'link' ? 'Enter' : ' ', down: true }, { at: 60, key: step.do === 'submit' || step.do === 'link' ? 'Enter' : ' ', down: false }]));
  }
}

/** What `--quick` records. */
export const quick = [
  'cdp/none/fill/playwright-headless',
  'cdp/none/type-40/playwright-headless',
  'cdp/none/fill/patchright-headed',
  'cdp/bezier/lognormal/patchright-headed',
  'xdotool/recorded-smooth/corrected/chromium-headed',
  'cdp/agent-outline/fill/playwright-unflagged-headed',
];

/** Evasions that leave nothing to record: they are listed, and that is all there is of them. */
export const silent = [{ name: 'cdp/blocked-batches/fill/patchright-headed', why: 'the route to the batches is blocked, so there is no session' }];
