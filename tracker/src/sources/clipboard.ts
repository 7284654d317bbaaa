// Clipboard: how long a text was that was pasted, copied or cut, never what it said.

import { isPrivate } from "../describe";
import { on } from "../listen";
import type { Field } from "../queue";
import { emit } from "../source";
import { elementOf } from "../targets";

const say = (letter: string, event: Event, ...fields: Field[]): void => {
  const el = elementOf(event);
  if (event.isTrusted && !(el && isPrivate(el))) emit(letter, event, el, ...fields);
};

const copied = (event: Event): void => {
  // A text field has a selection of its own.
  const { selectionStart, selectionEnd } = (elementOf(event) ?? {}) as Partial<HTMLInputElement>;
  say("y", event, +(event.type === "cut"), selectionEnd ? selectionEnd - selectionStart! : String(getSelection()).length);
};

export const clipboard = (): void => {
  on("paste", (event) => say("p", event, event.clipboardData?.getData("text").length ?? 0));
  on("copy", copied);
  on("cut", copied);
};
