// Keys: their class and how long they were held, never which they were.

import { first } from "../captured";
import { isPrivate } from "../describe";
import { on } from "../listen";
import { emit, flagsOf } from "../source";
import { elementOf } from "../targets";
import { Flag, KeyClass, Most } from "../wire";

// In the order of their classes, from KeyClass.Erase on.
const NAMES = [
  /^(Backspace|Delete)$/,
  /^Enter$/,
  /^Tab$/,
  /^(Arrow|Home|End|Page)/,
  /^(Shift|Control|Alt|Meta|AltGraph|CapsLock|NumLock|Fn)$/,
];

// In the order of their classes. What is none of them is punctuation.
// Made when the first key comes: looking the letters of all scripts up takes milliseconds.
const characters = (): RegExp[] => [/[\p{L}\p{M}]/u, /\p{N}/u, /\s/, /./];

// Option types characters on a Mac.
const optionTypes = /^(Mac|iP)/.test(navigator.platform);

export const classOf = (event: KeyboardEvent): KeyClass => {
  const key = String(event.key);
  const isCharacter = [...key].length === 1;
  const named = first(NAMES, key);
  const code = isCharacter ? first(characters(), key) - 1 : named ? named + KeyClass.Punctuation : KeyClass.Other;
  const alt = event.altKey && !(optionTypes && isCharacter);
  const shortcut = (event.ctrlKey || alt || event.metaKey) && !event.getModifierState("AltGraph");
  return shortcut && code !== KeyClass.Modifier ? KeyClass.Shortcut : code;
};

// The code of the key held in each slot. It pairs a release with its press and
// never leaves the page.
let held: string[] = [];

// The one it has, or a free one, or the last.
const slotFor = (code: string): number => {
  const slots = [held.indexOf(code), held.indexOf(""), Math.min(held.length, Most.KeySlots - 1)];
  const slot = slots.find((slot) => slot >= 0)!;
  held[slot] = code;
  return slot;
};

const codeOf = (event: KeyboardEvent): string => event.code || "?";

export const keys = (): void => {
  on("keydown", (event) => {
    const el = elementOf(event);
    if (el && isPrivate(el)) return;
    const composing = event.isComposing || event.keyCode === 229;
    const flags = flagsOf(event) | (event.repeat ? Flag.Repeat : 0) | (composing ? Flag.Composing : 0);
    emit("k", event, classOf(event), slotFor(codeOf(event)), flags, el);
  });

  on("keyup", (event) => {
    const slot = held.indexOf(codeOf(event));
    if (slot < 0) return;
    held[slot] = "";
    emit("K", event, slot);
    // A Mac tells of no releases while Command is held.
    if (event.key === "Meta") held = [];
  });

  // Releases go to another window.
  on("blur", (event) => {
    if (event.target === window) held = [];
  });
};
