// Elements travel as numbers. A number is described before its first use, and
// again when the description may have been lost.

import { elementMatches } from "./captured";
import { isSecret, kindOf, nameOf, purposeOf } from "./describe";
import { fit } from "./redact";
import { Bytes, MAX_TARGET, TargetCode } from "./wire";

// Beside the elements of a kind.
const INTERACTIVE = '[role=option],[onclick],[tabindex]:not([tabindex="-1"])';

// How far up from the innermost element an interactive one is looked for.
const LEVELS = 6;

interface Known {
  number: number;
  kind: TargetCode;
  generation: number;
}

type Describe = (number: number, kind: TargetCode, purpose: number, name: string) => void;

const known = new WeakMap<Element, Known>();
let next = 0;
let generation = 0;

// The innermost element, also inside of open shadow roots. Not the page itself.
export function elementOf(event: Event): Element | undefined {
  return elementsOf(event)[0];
}

// The nearest interactive element, or else the innermost.
export function targetOf(event: Event): Element | undefined {
  const path = elementsOf(event);
  return path.slice(0, LEVELS).find(isInteractive) ?? path[0];
}

function elementsOf(event: Event): Element[] {
  return event.composedPath().filter((node): node is Element => node instanceof Element && !elementMatches(node, "html,body"));
}

function isInteractive(el: Element): boolean {
  const kind = kindOf(el);
  return (kind > 0 && kind !== TargetCode.Form) || elementMatches(el, INTERACTIVE);
}

// The number of an element, -1 for none or when there are too many.
export function numberOf(el: Element | undefined, describe: Describe): number {
  if (!el) return -1;
  let entry = known.get(el);
  if (!entry) {
    if (next > MAX_TARGET) return -1;
    entry = { number: next++, kind: kindOf(el), generation: -1 };
    known.set(el, entry);
  }
  if (isSecret(el) && entry.kind !== TargetCode.Secret) {
    entry.kind = TargetCode.Secret;
    entry.generation = -1;
  }
  if (entry.generation !== generation) {
    entry.generation = generation;
    describe(entry.number, entry.kind, purposeOf(el), fit(nameOf(el, entry.kind), Bytes.Describe));
  }
  return entry.number;
}

// Describes every element again at its next use.
export function forgetDescriptions(): void {
  generation++;
}
