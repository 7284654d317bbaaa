// What drivers ask of a page. These functions run in the page and see nothing but
// their arguments.

/** The box of an element in the viewport, and the viewport's height. */
export function boxOf(selector) {
  const element = document.querySelector(selector);
  if (!element) return null;
  const { x, y, width, height } = element.getBoundingClientRect();
  return { x, y, width, height, viewport: { width: innerWidth, height: innerHeight } };
}

/** Scrolls an element to the middle of the viewport, as drivers do. */
export function show(selector) {
  document.querySelector(selector).scrollIntoView({ block: 'center', behavior: 'instant' });
}

/** How many options are between the chosen one and the one with that value. */
export function optionsAway(selector, value) {
  const select = document.querySelector(selector);
  return [...select.options].findIndex((option) => option.value === value) - select.selectedIndex;
}

/** Whether the list of a select is shown. */
export const isOpen = (selector) => CSS.supports('selector(:open)') && document.querySelector(selector).matches(':open');

/** Whether the element that has the focus is that one. */
export const isFocused = (selector) => document.activeElement === document.querySelector(selector);

/** What is in a field: its text, its chosen value, or whether it is checked. */
export function holds(selector) {
  const field = document.querySelector(selector);
  return field && (field.type === 'checkbox' || field.type === 'radio' ? field.checked : field.value);
}

/** Sets a field as scripts do: the value by its setter, and the two events. */
export function setValue(selector, value) {
  const field = document.querySelector(selector);
  const prototype = { INPUT: HTMLInputElement, TEXTAREA: HTMLTextAreaElement, SELECT: HTMLSelectElement }[field.tagName].prototype;
  Object.getOwnPropertyDescriptor(prototype, 'value').set.call(field, value);
  field.dispatchEvent(new Event('input', { bubbles: true }));
  field.dispatchEvent(new Event('change', { bubbles: true }));
}

export const clickElement = (selector) => document.querySelector(selector).click();

/** Where the page is, when it began, and when the tracker's script had come, Unix ms. */
export function begun() {
  const script = performance.getEntriesByType('resource').find(({ name }) => /rt\.js(\?|$)/.test(name));
  return { path: location.pathname, ready: document.readyState, first: performance.timeOrigin + (script?.responseEnd ?? 0) };
}

/** The session, what is still to be sent, and what other detectors said. */
export function ended() {
  return {
    path: location.pathname,
    session: sessionStorage.getItem('rtSessionId'),
    queued: sessionStorage.getItem('gaitQueue') ?? '',
    peers: document.documentElement.dataset.peers ?? '',
    agent: navigator.userAgent,
  };
}
