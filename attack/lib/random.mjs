// Numbers for the plan of a run: the same seed, the same plan.

/** A small generator of numbers in [0, 1), the same for the same text. */
export function generator(text) {
  let state = 2166136261;
  for (const c of String(text)) state = Math.imul(state ^ c.charCodeAt(0), 16777619);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** What a plan draws: dice(seed).between(2, 5). */
export function dice(text) {
  const next = generator(text);
  const between = (lo, hi) => lo + next() * (hi - lo);
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  return {
    next,
    between,
    normal,
    chance: (p) => next() < p,
    whole: (lo, hi) => Math.floor(between(lo, hi + 1)),
    pick: (list) => list[Math.floor(next() * list.length)],
    /** Heavy-tailed: half of the values are under the median. */
    lognormal: (median, sigma) => median * Math.exp(sigma * normal()),
  };
}
