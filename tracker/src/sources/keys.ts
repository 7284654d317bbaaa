// Keys: their class and how long they were held, never which they were.

import { first } from "../captured";
import type { Source } from "../source";
import { isPrivate } from "../describe";
import { Flag, KEY_SLOTS, KeyClass } from "../wire";

// In the order of their classes, from KeyClass.Erase on.
const NAMES = [
  /^(Backspace|Delete)$/,
  /^Enter$/,
  /^Tab$/,
  /^(Arrow.+|Home|End|Page.+)$/,
  /^(Shift|Control|Alt|Meta|AltGraph|CapsLock|NumLock|Fn|OS)$/,
];

// In the order of their classes. What is none of them is punctuation.
const CHARACTERS = [/[\p{L}\p{M}]/u, /\p{N}/u, /\s/, /./];

// Option types characters on a Mac.
const optionTypes = /^(Mac|iP)/.test(navigator.platform);

export function classOf(event: KeyboardEvent): KeyClass {
  const key = String(event.key);
  const isCharacter = [...key].length === 1;
  const named = first(NAMES, key);
  const code = isCharacter ? first(CHARACTERS, key) - 1 : named ? named + KeyClass.Punctuation : KeyClass.Other;
  const alt = event.altKey && !(optionTypes && isCharacter);
  const shortcut = (event.ctrlKey || alt || event.metaKey) && !event.getModifierState("AltGraph");
  return shortcut && code !== KeyClass.Modifier ? KeyClass.Shortcut : code;
}

export const keys: Source = (emit, { on, flags, element }) => {
  // The code of the key held in each slot. It pairs a release with its press and
  // never leaves the page.
  let held: string[] = [];

  function slotFor(code: string): number {
    let slot = held.indexOf(code);
    if (slot < 0) slot = held.indexOf("");
    if (slot < 0) slot = Math.min(held.length, KEY_SLOTS - 1);
    held[slot] = code;
    return slot;
  }

  const codeOf = (event: KeyboardEvent): string => event.code || "?";

  on("keydown", (event) => {
    const el = element(event);
    if (el && isPrivate(el)) return;
    const composing = event.isComposing || event.keyCode === 229;
    const flag = flags(event) | (event.repeat ? Flag.Repeat : 0) | (composing ? Flag.Composing : 0);
    emit("k", event, classOf(event), slotFor(codeOf(event)), flag, el);
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
