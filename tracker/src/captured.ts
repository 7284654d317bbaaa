// What the tracker calls later, taken when the script loads: a page (or what runs
// in it) may replace these afterwards, and a form's fields can shadow its methods
// (`<input name="matches">`).

const { matches, closest, getAttribute } = Element.prototype;
export const { getBoundingClientRect } = Element.prototype;

export const elementMatches = (el: Element, selector: string): boolean => matches.call(el, selector);
export const elementClosest = (el: Element, selector: string): Element | null => closest.call(el, selector);
export const attribute = (el: Element, name: string): string => getAttribute.call(el, name) ?? "";

export const { stringify, parse } = JSON;
export const setTimer = window.setTimeout.bind(window);
export const cancel = window.clearTimeout.bind(window);
export const request = window.fetch.bind(window);
export const { Response, CompressionStream, AbortController, BroadcastChannel } = window;
export const functionText = Function.prototype.toString;

// One more than the index of the first pattern that matches, 0 if none does.
export const first = (patterns: RegExp[], text: string): number => patterns.findIndex((pattern) => pattern.test(text)) + 1;
