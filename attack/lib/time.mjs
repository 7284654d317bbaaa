// Waiting.
export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));

/** A clock that starts now: until(ms) waits for that many ms of it to be over. */
export function clock() {
  const start = performance.now();
  return async (ms) => {
    const left = start + ms - performance.now();
    if (left > 0) await pause(left);
  };
}

/** Asks until the answer is true, at most so many ms; says whether it came. */
export async function eventually(ask, ms, every = 100) {
  for (const end = performance.now() + ms; performance.now() < end; await pause(every)) {
    if (await ask()) return true;
  }
  return false;
}
