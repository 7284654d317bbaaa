// Where the operator wants nothing collected: sampling and excluded pages.

import { sid } from "./session";
import { data } from "./tag";

// A tab is in or out as a whole, as its session decides.
export const isSampled = (): boolean => {
  return !(parseInt(sid, 16) / 2 ** 128 >= +(data("sample") || 1));
};

// Patterns are matched as a whole, `*` stands for anything.
const isExcluded = (): boolean => {
  const { href, pathname } = location;
  return data("exclude")
    .split(",")
    .some((pattern) => {
      const wanted = RegExp(`^${pattern.trim().replace(/\W/g, (char) => (char === "*" ? ".*" : "\\" + char))}$`);
      return [pathname, href].some((address) => wanted.test(address));
    });
};

export const isInScope = (): boolean => isSampled() && !isExcluded();
