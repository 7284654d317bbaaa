// How fast the pointer went, as a colour.

/** Where the next colour begins, in CSS px a second. */
export const speedEdges = [150, 500, 1500, 4000];

export const speedInks = ["--v0", "--v1", "--v2", "--v3", "--v4"];

export function speedBin(v: number): number {
  let i = 0;
  while (i < speedEdges.length && v >= speedEdges[i]!) i++;
  return i;
}

/** The height of a speed on a scale from 0 to 1, by its logarithm: hands go from 10 to 10,000 px a second. */
export const speedHeight = (v: number): number => Math.min(Math.max(Math.log10(Math.max(v, 1) / 10) / 3, 0.06), 1);
