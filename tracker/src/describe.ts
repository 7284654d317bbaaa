// What an element is: its kind, its purpose and, for a few kinds, its name.

import { attribute, elementClosest, elementMatches, first } from "./captured";
import { redactName } from "./redact";
import { Purpose, TargetCode } from "./wire";

// In the order of their codes, by the type of an input, the role or the name of
// the element. Those that never match are found in other ways.
const KINDS = [
  /^(button|submit|reset|image|summary|tab|menuitem)$/,
  /^(a|link)$/,
  /^input$/,
  /^textarea$/,
  /^$/, // contenteditable
  /^select$/,
  /^(checkbox|radio|switch)$/,
  /^label$/,
  /^$/, // secret
  /^form$/,
  /^(date|time|datetime-local|month|week|color|range|file)$/,
];

const EDITABLE = "[contenteditable]:not([contenteditable=false])";
const MASK = "[data-gait-mask]";

// Whether a kind is entered into: letter by letter, or by choosing.
export const isField = (kind: TargetCode): boolean => kind > TargetCode.Link && kind !== TargetCode.Label && kind !== TargetCode.Form;

// In a region that the page's author has marked, or in a shadow tree inside of one.
const isMasked = (el: Element | undefined): boolean => {
  return !!el && (!!elementClosest(el, MASK) || isMasked((el.getRootNode() as Partial<ShadowRoot>).host));
};

const plainKindOf = (el: Element): TargetCode => {
  const name = String(el.tagName).toLowerCase(); // of a form, it may be one of its fields
  const more = (attribute(el, name === "input" ? "type" : "role") || name).toLowerCase();
  return first(KINDS, more) || first(KINDS, name) || (elementMatches(el, EDITABLE) ? TargetCode.Edit : TargetCode.Other);
};

// Fields of which nothing may be known but that they were changed. Once secret,
// always secret: "show password" turns it into a text field.
const secrets = new WeakSet<Element>();

// Names are looked at too, as a page may draw its own dots over a plain text field.
const SECRET = /passw|one-time|\bcc-|cvc|cvv/i;
const TOLD_BY = ["type", "autocomplete", "name", "id"];

export const kindOf = (el: Element): TargetCode => {
  const kind = plainKindOf(el);
  const isNamedSo = (): boolean => kind !== TargetCode.Check && SECRET.test(TOLD_BY.map((name) => attribute(el, name)).join(" "));
  if (!secrets.has(el) && isField(kind) && (isMasked(el) || isNamedSo())) secrets.add(el);
  return secrets.has(el) ? TargetCode.Secret : kind;
};

// A field that was turned into a text field before anything happened in it.
export const watchSecrets = (): void => {
  new MutationObserver((changes) => {
    for (const { target, oldValue } of changes) {
      if (/^password$/i.test(oldValue!)) secrets.add(target as Element);
    }
  }).observe(document, { subtree: true, attributeFilter: ["type"], attributeOldValue: true });
};

// Whether what is entered here may not be looked at. Of a closed shadow root only the
// host is seen, and there may be a secret field in it.
export const isPrivate = (el: Element): boolean => {
  const kind = kindOf(el);
  return kind === TargetCode.Secret || (kind === TargetCode.Other && /-/.test(el.tagName));
};

// In the order of their codes, by the autocomplete attribute and the type.
const PURPOSES = [
  /username/,
  /email/,
  /password/,
  /one-time/,
  /address|postal|(^| )country/,
  /\bcc-/,
  /\btel/,
  /name/,
];

export const purposeOf = (el: Element): Purpose =>
  first(PURPOSES, `${attribute(el, "autocomplete")} ${attribute(el, "type")}`.toLowerCase());

// Text that a person may have entered, or that nobody reads.
const NOT_A_NAME = MASK + ",input,textarea,select,script,style,[contenteditable]";

export const nameOf = (el: Element, kind: TargetCode): string => {
  if (![TargetCode.Button, TargetCode.Link, TargetCode.Label].includes(kind) || isMasked(el)) return "";
  // Buttons that are inputs have a value. A label has none.
  return redactName(attribute(el, "aria-label") || textOf(el) || attribute(el, "value"));
};

const textOf = (el: Element): string => {
  let text = "";
  for (const node of el.childNodes) {
    if (text.length > 300) break;
    if (node instanceof Text) text += node.data.slice(0, 300);
    else if (node instanceof Element && !elementMatches(node, NOT_A_NAME)) text += attribute(node, "alt") + textOf(node);
  }
  return text;
};
