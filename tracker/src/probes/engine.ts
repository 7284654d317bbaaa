// Which engine it is, whatever the user agent says: the length of a native function's
// text, the words of an error, and features that only some browsers have.

import { read, type Probe } from "./probe";

const GLOBALS = ["InstallTrigger", "mozInnerScreenX", "safari", "GestureEvent", "ApplePaySession", "webkitRequestFileSystem", "opr", "brave"];
const STYLES = ["-moz-appearance:none", "-webkit-touch-callout:none", "-webkit-app-region:none"];

export const engine: Probe = (say) => {
  let words = "";
  try {
    (null as unknown as { x: number }).x;
  } catch (error) {
    words = String((error as Error).message);
  }
  const features = GLOBALS.filter((name) => name in window || name in navigator);
  features.push(...STYLES.filter((style) => read(() => CSS.supports(style)) === "true"));
  for (const name of ["captureStackTrace", "stackTraceLimit"]) if (name in Error) features.push(name);
  say("engine", `${Function.prototype.toString.call(eval).length}|${words}|${features.join()}`);
};
