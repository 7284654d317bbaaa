// Does a task as agents do that a model steers: they look, think, and act once. Between
// two actions nothing happens in the page. Whole answers are entered at once.
import { clickElement, optionsAway, setValue } from '../lib/page.mjs';
import { pause } from '../lib/time.mjs';

/** A model's answer takes seconds, now and then many; quick runs are shortened. */
const thinks = (dice, quick) => pause(quick ? dice.between(1000, 3000) : Math.min(8000, Math.max(2000, dice.lognormal(2500, 0.45))));

/**
 * how: {
 *   sees: 'screenshot' | 'outline' | 'page',
 *   acts: 'coordinates' | 'locator' | 'script',
 *   enter: 'type' | 'fill' | 'paste' | 'script', delay,
 * }
 */
export async function agent(hands, task, how, { dice, mark, quick }) {
  await look(hands, how);
  await thinks(dice, quick);
  for (const step of task.steps) {
    if (step.do === 'submit') await mark('submit');
    await actOn(hands, step, how, { dice, quick });
    if (step.do === 'text' || step.do === 'area') await mark('field1');
    if (step.do !== 'submit') {
      await look(hands, how);
      await thinks(dice, quick);
    }
  }
}

async function look(hands, how) {
  if (how.sees === 'screenshot') {
    await pause(300); // the page shall have settled
    await hands.screenshot();
  } else if (how.sees === 'outline') await hands.outline();
  else await hands.evaluate(() => document.body.innerText.length);
}

async function actOn(hands, step, how, run) {
  const { selector, answer } = step;
  const typed = step.do === 'text' || step.do === 'area';
  if (how.acts === 'script') {
    const inject = (hands.inject ?? hands.evaluate).bind(hands);
    if (typed || step.do === 'select') return inject(setValue, selector, answer);
    return inject(clickElement, selector);
  }
  if (how.acts === 'locator') {
    if (step.do === 'select') return hands.choose(selector, answer);
    if (!typed) return hands.click(selector);
    if (how.enter === 'fill') return hands.fill(selector, answer);
    await hands.click(selector);
    return hands.type(answer, how.delay);
  }
  await clickCentre(hands, selector, how, run);
  if (step.do === 'select') {
    await look(hands, how);
    await thinks(run.dice, run.quick);
    return chooseByKeys(hands, selector, answer);
  }
  if (!typed) return undefined;
  // Some type in the same turn, some look first.
  if (run.dice.chance(0.5)) {
    await look(hands, how);
    await thinks(run.dice, run.quick);
  }
  if (how.enter === 'paste') {
    await hands.copy(answer);
    return hands.shortcut('Control', 'v');
  }
  // Long texts are typed in pieces, as the tools do.
  for (let i = 0; i < answer.length; i += 50) await hands.type(answer.slice(i, i + 50), how.delay);
  return undefined;
}

/** Scrolls by a fixed amount until the box is in sight, then clicks its middle. */
async function clickCentre(hands, selector, how, run) {
  let box = await hands.box(selector);
  for (let tries = 0; tries < 8; tries++) {
    const middle = box.y + box.height / 2;
    if (middle > 10 && middle < box.viewport.height - 10) break;
    if (hands.wholePixels) await hands.xdotool('mousemove', Math.round(box.viewport.width / 2), Math.round(box.viewport.height / 2));
    else await hands.move(box.viewport.width / 2, box.viewport.height / 2);
    await hands.wheel(middle > 0 ? 360 : -360);
    await look(hands, how);
    await thinks(run.dice, true);
    box = await hands.box(selector);
  }
  const [x, y] = [Math.round(box.x + box.width / 2), Math.round(box.y + box.height / 2)];
  if (hands.wholePixels) await hands.xdotool('mousemove', x, y, 'click', 1);
  else if (hands.clickAt) await hands.clickAt(x, y);
  else {
    await hands.move(x, y);
    await pause(50);
    await hands.press(80);
  }
}

async function chooseByKeys(hands, selector, answer) {
  const away = await hands.evaluate(optionsAway, selector, answer);
  const press = async (key) => {
    await hands.keyDown(key);
    await hands.keyUp(key);
    await pause(60);
  };
  for (let i = 0; i < Math.abs(away); i++) await press(away < 0 ? 'ArrowUp' : 'ArrowDown');
  await press('Enter');
}
