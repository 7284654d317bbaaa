// Whether the getter of navigator.webdriver is the browser's own: its text says so, and
// it throws on an object that is no navigator.

import type { Probe } from "./probe";

export const webdriver: Probe = (say, { functionText }) => {
  const of = (object: object): PropertyDescriptor | undefined => Object.getOwnPropertyDescriptor(object, "webdriver");
  const found = of(navigator) ?? of(Navigator.prototype);
  if (!found) return;
  const { get } = found;
  let native = false;
  try {
    get?.call({});
  } catch {
    native = /^function (get )?webdriver\(\) \{\s*\[native code\]\s*\}$/.test(functionText.call(get!));
  }
  say("webdriver.native", String(native));
};
