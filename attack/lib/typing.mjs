// Keys in time. Each generator takes a text and dice, and returns events
// {at, key, down}: at in ms from the start, key a character or a name such as
// Backspace. Keys may overlap, as they do when people type.

/** Events in the order of their times; a key that is down is released before it comes again. */
function ordered(strokes) {
  const events = [];
  const held = new Map();
  for (const { at, key, dwell } of strokes) {
    const last = held.get(key);
    if (last && last.at >= at) last.at = Math.max(at - 4, last.from + 1);
    const up = { at: at + dwell, key, down: false, from: at };
    held.set(key, up);
    events.push({ at, key, down: true }, up);
  }
  return events
    .map((event, i) => ({ ...event, i }))
    .sort((a, b) => a.at - b.at || a.i - b.i)
    .map(({ at, key, down }) => ({ at, key, down }));
}

/** Pauses that are drawn evenly between two bounds; keys are pressed and let go at once. */
export const uniform = (lo, hi) => (text, dice) => {
  let at = 0;
  return ordered([...text].map((key) => ({ key, dwell: 0, at: (at += dice.between(lo, hi)) })));
};

/** Heavy-tailed pauses, longer after words; keys are held, or pressed and let go at once. */
export const lognormal = ({ median = 135, sigma = 0.42, dwell = 88, typos = 0 } = {}) => (text, dice) => {
  const strokes = [];
  let at = 0;
  const press = (key, factor = 1) => {
    at += factor * dice.lognormal(median, sigma);
    strokes.push({ key, at, dwell: dwell && Math.min(260, dice.lognormal(dwell, 0.24)) });
  };
  let before = ' ';
  for (const key of text) {
    if (typos && /[a-z]/.test(key) && dice.chance(typos)) {
      const wrong = dice.whole(1, 2);
      for (let i = 0; i < wrong; i++) press(String.fromCharCode(97 + dice.whole(0, 25)));
      press('Backspace', dice.between(2, 4));
      for (let i = 1; i < wrong; i++) press('Backspace');
    }
    press(key, before === ' ' ? dice.between(1, 2.2) : 1);
    before = key;
  }
  return ordered(strokes);
};

const kind = (c) => (/\p{L}/u.test(c) ? 'A' : /\d/.test(c) ? '1' : c === ' ' ? '_' : '.');

/**
 * A person's rhythm: pauses and dwell times from a recording, in its order, each taken
 * from a key of the same class. Where the recording erases, as many wrong letters are
 * typed before. Pauses of more than 1.2 s are cut to that: there is nothing to think about.
 */
export const recorded = (people) => (text, dice) => {
  const { keys } = dice.pick(people);
  let i = dice.whole(0, keys.length - 1);
  let at = 0;
  const strokes = [];
  const take = (wanted) => {
    for (let seen = 0; seen < keys.length; seen++) {
      i = (i + 1) % keys.length;
      if (keys[i][2] === wanted) break;
      if (seen > 12 && keys[i][2] === 'A') break;
    }
    return keys[i];
  };
  const press = (key, [gap, dwell]) => {
    at += Math.min(1200, gap);
    strokes.push({ key, at, dwell });
  };
  for (const c of text) {
    if (keys[(i + 1) % keys.length][2] === 'B') {
      let run = 0;
      while (run < 3 && keys[(i + 1 + run) % keys.length][2] === 'B') run++;
      const erased = Array.from({ length: run }, (_, n) => keys[(i + 1 + n) % keys.length]);
      while (keys[(i + 1) % keys.length][2] === 'B') i = (i + 1) % keys.length;
      for (let n = 0; n < run; n++) press(String.fromCharCode(97 + dice.whole(0, 25)), take('A'));
      for (const key of erased) press('Backspace', key);
    }
    press(c, take(kind(c)));
  }
  return ordered(strokes);
};

/** One wrong letter in the middle, erased at once; the rest with a constant delay. */
export const oneBackspace = (delay) => (text) => {
  const strokes = [];
  const middle = text.length >> 1;
  let at = 0;
  [...text].forEach((key, i) => {
    if (i === middle) {
      strokes.push({ key: 'x', at: (at += delay), dwell: 0 });
      strokes.push({ key: 'Backspace', at: (at += delay), dwell: 0 });
    }
    strokes.push({ key, at: (at += delay), dwell: 0 });
  });
  return ordered(strokes);
};
