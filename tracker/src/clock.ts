// Time on the wire is counted in ticks of 0.1 ms since the page's time origin.

export const now = performance.now.bind(performance);

// Milliseconds since 1970 by the page's own clock, which may be wrong by years.
export const origin = Math.round(performance.timeOrigin || Date.now() - now());

export const ticks = (ms: number): number => Math.round(ms * 10);

// When an event happened, in ms. Events made by scripts can carry any number, and
// some browsers once counted from 1970 or from the start of the machine.
export const timeOf = (event: Event): number => {
  const stamp = event.timeStamp;
  const latest = now();
  return stamp >= 0 && stamp <= latest + 1 ? stamp : latest;
};
