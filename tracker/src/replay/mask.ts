// What stands for a text that is not recorded, and which texts are.

import { isPrivate } from "../describe";

const BLOCK = "\u25a0";

// Of a secret field not even the length is told.
export const SECRET = BLOCK.repeat(8);

// A block for each character, and the white space, so that lines break where they did.
export const blocks = (text: string): string => text.replace(/\S/gu, BLOCK);

// How the texts below an element are treated.
export const enum Texts {
  Never = -1, // masked, whatever stands further below
  Masked,
  Shown,
}

const NEVER = /^(input|textarea|select|option|optgroup|datalist|title|script|noscript|template)$/;

// What an element makes of what holds around it.
export const below = (around: Texts, tag: string, attribute: (name: string) => unknown): Texts => {
  const editable = attribute("contenteditable") ?? "false";
  if (around === Texts.Never || NEVER.test(tag) || editable !== "false" || attribute("data-gait-mask") != null) return Texts.Never;
  return attribute("data-gait-unmask") != null ? Texts.Shown : around;
};

// What holds for the children of a node of the page. What is out of the page is masked.
export const textsIn = (node: Node | null | undefined): Texts => {
  if (!node) return Texts.Never;
  if (node === document) return document.designMode === "on" ? Texts.Never : Texts.Masked;
  const around = textsIn(node.parentNode ?? (node as Partial<ShadowRoot>).host);
  return node instanceof Element ? below(around, node.localName, (name) => node.getAttribute(name)) : around;
};

export const isSecret = (field: Element): boolean => field.hasAttribute("data-rr-is-password") || isPrivate(field);

// What is recorded of a field's value, and undefined where there is nothing to draw.
// What is chosen is not: it is an answer, however short.
export const valueOf = (field: Element, value: string): string | undefined => {
  const type = field.localName === "input" ? (field as HTMLInputElement).type : field.localName;
  if (/^(checkbox|radio|hidden|select|option|color|range|file|image|date|time|month|week|datetime-local)$/.test(type)) return undefined;
  if (!value) return "";
  return isSecret(field) ? SECRET : blocks(value);
};
