// What may leave the page of its texts and addresses.

import { attempt } from "./listen";

const MARK = "…";
const CONTROL = /[\u0000-\u001f\u007f-\u009f]+/g;
const EMAIL = /[^\s@<>()"',;:]+@[^\s<>]+/g;
const WORD = /\S+/g;
const UUID = /[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}/i;
const LONG_RUN = /[A-Za-z\d]{20,}/g;

// What any of these needs: most texts have none of it, and each pattern costs its first use.
const SUSPECT = /@|(\d\D*){6}|[a-z\d]{12}|[^\0-~]/i;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

// Valid UTF-8 without control characters, in at most so many bytes.
export const fit = (text: string, bytes: number): string => {
  if (text.length <= bytes && /^[ -~]*$/.test(text)) return text;
  const encoded = encoder.encode(text.slice(0, bytes).replace(CONTROL, " "));
  // A character that was cut in two decodes to replacement characters.
  return decoder.decode(encoded.subarray(0, bytes)).replace(/\ufffd+$/, "");
};

// A long run of letters and digits, or of mixed case, is a token; a long word is not.
const hasToken = (word: string): boolean => {
  return (
    UUID.test(word) ||
    (word.match(LONG_RUN) ?? []).some((run) => (/\d/.test(run) && /[a-z]/i.test(run)) || /[a-z][A-Z].*[a-z][A-Z]/.test(run))
  );
};

// Long numbers. The digits of all scripts take a browser milliseconds to look up, which
// most pages never need.
const numberIn = (text: string): RegExp =>
  /[^\0-~]/.test(text) ? /\+?\p{Nd}(?:[\s().\/-]{0,2}\p{Nd}){5,}/gu : /\+?\d(?:[\s().\/-]{0,2}\d){5,}/g;

// Text with e-mail addresses, long numbers and tokens replaced. The whole word goes
// that holds a token: what surrounds it is often a part of it.
export const scrub = (text: string): string => {
  if (!SUSPECT.test(text)) return text;
  return text
    .replace(EMAIL, MARK)
    .replace(WORD, (word) => (hasToken(word) ? MARK : word))
    .replace(numberIn(text), MARK);
};

// The name of a button, link or label.
export const redactName = (text: string): string => {
  const folded = scrub(text.replace(/\s+/g, " ").trim());
  return [...folded].slice(0, 60).join("");
};

// Origin and path, without query and fragment.
export const redactURL = (url: URL | Location): string => {
  // about:, file: and data: have no origin, and their paths are nobody's business.
  if (!/^http/.test(url.protocol)) return url.protocol;
  const path = url.pathname.split("/").map((segment) => {
    const plain = attempt(() => decodeURIComponent(segment), segment);
    return scrub(plain) === plain ? segment : MARK;
  });
  return url.origin + path.join("/");
};
