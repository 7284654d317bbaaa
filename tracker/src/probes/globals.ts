// What automation leaves in the page: names on the window and the document.

import { idle, type Probe } from "./probe";

const AUTOMATION =
  /^(_+(playwright|pw|puppeteer|nightmare|webdriver|selenium|driver_|fxdriver|phantom|lastWatir)|call(ed)?(Phantom|Selenium)|domAutomation|\$?cdc_|\$chrome_async)/i;
const MOST = 20;
const LATER_MS = 3_000;

export const globals: Probe = (say) => {
  const look = (): void => {
    try {
      const found = [window, document].flatMap((object) => Object.getOwnPropertyNames(object)).filter((name) => AUTOMATION.test(name));
      if (found.length) say("globals", found.slice(0, MOST).join());
    } catch {
      // A page may have replaced what this needs.
    }
  };
  look();
  // Tools add theirs after the page has started.
  setTimeout(() => idle(look), LATER_MS);
};
