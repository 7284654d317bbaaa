// Fields: how they changed and by how much, never what is in them.

import { elementMatches, first } from "../captured";
import { isPrivate, kindOf } from "../describe";
import { later, on } from "../listen";
import { emit, flagsOf } from "../source";
import { elementOf } from "../targets";
import { Flag, InputCode, TargetCode } from "../wire";

// In the order of their codes.
const TYPES = [
  /^insert[TLP]/, // text, line break, paragraph
  /^delete(?!ByDrag)/,
  /Paste|Yank/,
  /FromDrop|ByDrag/,
  /Replacement/,
  /Composition|Dictation/,
  /^history/,
  /^$/,
];

const lengthOf = (el: Element): number => String((el as { value?: unknown }).value ?? el.textContent ?? "").length;

const isControl = (el: Element): boolean => [TargetCode.Select, TargetCode.Check, TargetCode.Picker].includes(kindOf(el));

const lengths = new WeakMap<Element, number>();
const edited = new WeakSet<Element>();
let replaces = false;

// A secret field says once that it was changed, and nothing else.
const keepsQuiet = (el: Element, event: Event): boolean => {
  if (!isPrivate(el)) return false;
  if (!edited.has(el)) emit("e", event, el);
  edited.add(el);
  return true;
};

// Scripts change fields, too: only the length right before a change is the old one.
const remember = (event: Event): void => {
  const el = elementOf(event);
  if (!el || isPrivate(el) || isControl(el)) return;
  lengths.set(el, lengthOf(el));
  // Some fields have a selection and do not tell of it: null.
  const { selectionStart, selectionEnd } = el as Partial<HTMLInputElement>;
  const selects = selectionStart === undefined ? !getSelection()?.isCollapsed : selectionStart !== selectionEnd;
  replaces = event.type !== "focus" && selects;
};

export const fields = (): void => {
  on("beforeinput", remember);
  on("focus", remember);

  on("input", (event) => {
    const el = elementOf(event);
    if (!el || keepsQuiet(el, event) || isControl(el)) return;
    const { inputType, isComposing } = event as InputEvent;
    const code = first(TYPES, inputType ?? "");
    const length = lengthOf(el);
    const before = lengths.get(el) ?? (el as Partial<HTMLInputElement>).defaultValue?.length ?? length;
    lengths.set(el, length);
    const flags = flagsOf(event) | (isComposing ? Flag.Composing : 0) | (replaces ? Flag.Replaced : 0);
    replaces = false;
    const queued = emit("i", event, el, code, length - before, flags);
    // Typing is never autofill, so that only other changes need a look.
    if (code !== InputCode.Insert && code !== InputCode.Delete) {
      // The browser marks the field after the event. The batch is not cut before.
      later(0, () => {
        if (elementMatches(el, ":is(:autofill,:-webkit-autofill)")) queued[5] = flags | Flag.Autofilled;
      });
    }
  });

  on("change", (event) => {
    const el = elementOf(event);
    // A control may be secret, too.
    if (el && !keepsQuiet(el, event) && isControl(el)) emit("i", event, el, InputCode.Change, 0, flagsOf(event));
  });
};
