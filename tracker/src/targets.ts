// Elements travel as numbers. A number is described before its first use, and
// again when the description may have been lost.

import { elementMatches } from "./captured";
import { kindOf, nameOf, purposeOf } from "./describe";
import { fit } from "./redact";
import { Bytes, Most, TargetCode } from "./wire";

// Beside the elements of a kind.
const INTERACTIVE = '[role=option],[onclick],[tabindex]:not([tabindex="-1"])';

const enum Look {
  // How far up from the innermost element an interactive one is looked for.
  Levels = 6,
}

type Describe = (number: number, kind: TargetCode, purpose: number, name: string) => void;

const numbers = new WeakMap<Element, number>();
let next = 0;
// As what elements were described.
let described = new WeakMap<Element, TargetCode>();

// The innermost element, also inside of open shadow roots. Not the page itself.
export const elementOf = (event: Event): Element | undefined => {
  return elementsOf(event)[0];
};

// The nearest interactive element, or else the innermost.
export const targetOf = (event: Event): Element | undefined => {
  const path = elementsOf(event);
  return path.slice(0, Look.Levels).find(isInteractive) ?? path[0];
};

const elementsOf = (event: Event): Element[] => {
  return event.composedPath().filter((node): node is Element => node instanceof Element && !elementMatches(node, "html,body"));
};

const isInteractive = (el: Element): boolean => {
  const kind = kindOf(el);
  return (kind > 0 && kind !== TargetCode.Form) || elementMatches(el, INTERACTIVE);
};

// The number of an element, -1 for none or when there are too many.
export const numberOf = (el: Element | undefined, describe: Describe): number => {
  if (!el || next > Most.Target) return -1;
  const number = numbers.get(el) ?? next++;
  const kind = kindOf(el);
  numbers.set(el, number);
  // A field can turn out to be secret.
  if (described.get(el) !== kind) describe(number, kind, purposeOf(el), fit(nameOf(el, kind), Bytes.Describe));
  described.set(el, kind);
  return number;
};

// Describes every element again at its next use.
export const forgetDescriptions = (): void => {
  described = new WeakMap();
};
