// Fields: how they changed and by how much, never what is in them.

import { elementMatches, first } from "../captured";
import { isPrivate, kindOf } from "../describe";
import { later } from "../listen";
import type { Source } from "../source";
import { Flag, InputCode, TargetCode } from "../wire";

// In the order of their codes.
const TYPES = [
  /^insert(Text|LineBreak|Paragraph)$/,
  /^delete(?!ByDrag)/,
  /^insertFrom(Paste|Yank)/,
  /FromDrop|ByDrag/,
  /^insertReplacement/,
  /Composition|Dictation/,
  /^history/,
  /^$/,
];

const lengthOf = (el: Element): number => String((el as { value?: unknown }).value ?? el.textContent ?? "").length;

const isControl = (el: Element): boolean => {
  const kind = kindOf(el);
  return kind === TargetCode.Select || kind === TargetCode.Check || kind === TargetCode.Picker;
};

export const fields: Source = (emit, { on, flags, element }) => {
  const lengths = new WeakMap<Element, number>();
  const edited = new WeakSet<Element>();

  // A secret field says once that it was changed, and nothing else.
  function keepsQuiet(el: Element, event: Event): boolean {
    if (!isPrivate(el)) return false;
    if (!edited.has(el)) {
      edited.add(el);
      emit("e", event, el);
    }
    return true;
  }

  // Scripts change fields, too: only the length right before a change is the old one.
  function remember(event: Event): void {
    const el = element(event);
    if (el && !isPrivate(el) && !isControl(el)) lengths.set(el, lengthOf(el));
  }
  on("beforeinput", remember);
  on("focus", remember);

  on("input", (event) => {
    const el = element(event);
    if (!el || keepsQuiet(el, event) || isControl(el)) return;
    const { inputType, data, isComposing } = event as InputEvent;
    const code = first(TYPES, inputType ?? "");
    const length = lengthOf(el);
    const before = lengths.get(el) ?? (el as Partial<HTMLInputElement>).defaultValue?.length ?? length - (data?.length ?? 0);
    lengths.set(el, length);
    const flag = flags(event) | (isComposing ? Flag.Composing : 0);
    const queued = emit("i", event, el, code, length - before, flag);
    // Typing is never autofill, so that only other changes need a look.
    if (code !== InputCode.Insert && code !== InputCode.Delete) {
      // The browser marks the field after the event. The batch is not cut before.
      later(0, () => {
        if (elementMatches(el, ":is(:autofill,:-webkit-autofill)")) queued[5] = flag | Flag.Autofilled;
      });
    }
  });

  on("change", (event) => {
    const el = element(event);
    if (el && isControl(el)) emit("i", event, el, InputCode.Change, 0, flags(event));
    else if (el) keepsQuiet(el, event);
  });
};
