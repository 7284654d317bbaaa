// Style sheets without what they load and what they say: addresses, imports, comments
// and texts go, the layout stays.

import { scrub } from "../redact";
import { blocks } from "./mask";

// What rrweb marks the borders between the text nodes of a style sheet with.
const SPLIT = "/* rr_split */";

const COMMENT = String.raw`\/\*[^]*?(?:\*\/|$)`;
const DOUBLE = String.raw`"(?:\\[^]|[^"\\])*"?`;
const SINGLE = String.raw`'(?:\\[^]|[^'\\])*'?`;
const URL_OF = String.raw`\b(?:url|src)\(\s*(?:${DOUBLE}|${SINGLE}|(?:\\[^]|[^)\\])*)\s*\)?`;
const PARTS = new RegExp(`${COMMENT}|${URL_OF}|${DOUBLE}|${SINGLE}`, "gi");

// A reference within the document, as gradients and clips have.
const LOCAL = /^url\(\s*["']?(#[\w-]{1,64})["']?\s*\)$/i;

// Nothing that was left out, but a rule, so that the numbers of the others stay.
const NO_RULE = "@layer gait-none;";

// A word that is no e-mail address, number or token.
export const isPlain = (text: string): boolean => scrub(text) === text;

// Names with escapes, of functions and of rules, which may be those above in another
// spelling. It matches any name, so that it never has to look back.
const NAME = /@?(?:\\(?:[\da-f]{1,6}(?:\r\n|\s)?|[^])|[\w\u0080-\uffff-])+\(?/gi;

const spelledOut = (name: string): string => (!name.includes("\\") ? name : name.endsWith("(") ? "none(" : name.startsWith("@") ? "@layer" : name);

// A string stays where it is a font's name, an attribute's in a selector, or an icon.
const string = (text: string, before: string): string => {
  const inner = text.slice(1, -1);
  const font = /(^|\s)font(-family)?\s*:[^:]*$/i.test(before) && /^[\w\s-]{1,64}$/.test(inner);
  const selector = /=\s*$/.test(before) && /^[\w-]{0,32}$/.test(inner);
  const icon = /^(.{0,2}|\\[\da-f]{1,6}\s?)$/iu.test(inner) && !/["'\\]$/.test(inner);
  return (font || selector || icon) && isPlain(inner) ? text : `"${blocks(inner.replace(/\s/g, " "))}"`;
};

export const css = (text: string): string => {
  const clean = text
    .replace(PARTS, (part, at: number) => {
      // What stood on both sides of a comment must not become one word.
      if (part.startsWith("/*")) return part === SPLIT ? part : "/**/";
      if (/^["']/.test(part)) {
        const border = Math.max(...["{", "}", ";"].map((mark) => text.lastIndexOf(mark, at - 1)));
        return string(part, text.slice(border + 1, at));
      }
      const local = LOCAL.exec(part)?.[1];
      return local && isPlain(local) ? `url(${local})` : "none";
    })
    .replace(/@import[^;{}]*;?/gi, NO_RULE);
  return clean.includes("\\") ? clean.replace(NAME, spelledOut) : clean;
};

// A rule as a script inserts it: one for one, so that the numbers of the others stay.
export const rule = (text: unknown): string => (typeof text === "string" && css(text).trim()) || NO_RULE;

// Of a property of the page's own only what can be no words: a number, a color, or
// another property.
const OWN = /^\s*(#[\da-f]{3,8}|-?[\d.]+[a-z%]{0,4}|(rgb|hsl)a?\([\d.,%\s/-]+\)|var\(--[\w-]+\))\s*$/i;

// A property's value, undefined if it is not recorded.
export const declared = (name: string, value: unknown): string | undefined => {
  if (typeof value !== "string" || !/^[\w-]{1,64}$/.test(name) || !isPlain(name)) return undefined;
  return name.startsWith("--") && !OWN.test(value) ? undefined : css(value);
};

let sheet: CSSStyleDeclaration | undefined;

// A style attribute, as far as the browser understands it.
export const inline = (text: string): string => {
  sheet ??= document.implementation.createHTMLDocument("").createElement("i").style;
  sheet.cssText = text;
  return css(sheet.cssText)
    .split(";")
    .map((part) => part.trim())
    .filter((part) => {
      const [name = "", ...value] = part.split(":");
      return part && declared(name.trim(), value.join(":").replace(/!important/i, "")) !== undefined;
    })
    .join(";");
};
