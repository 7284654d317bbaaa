// Whether a fresh frame's navigator agrees with the page's: what is changed by hand is
// often changed in one of them only.

import { inFreshFrame, read, type Probe, type Realm } from "./probe";

type Read = (realm: Realm) => unknown;

const NAMES = ["webdriver", "userAgent", "platform", "vendor", "languages", "hardwareConcurrency", "deviceMemory", "maxTouchPoints"] as const;
const READS: Record<string, Read> = {
  plugins: ({ navigator }) => navigator.plugins.length,
  chrome: (realm) => typeof (realm as { chrome?: unknown }).chrome,
  screen: ({ screen }) => `${screen.width}x${screen.height}x${screen.colorDepth}`,
  tz: ({ Intl }) => Intl.DateTimeFormat().resolvedOptions().timeZone,
};
for (const name of NAMES) READS[name] = ({ navigator }) => (navigator as unknown as Record<string, unknown>)[name];

export const frame: Probe = (say) => {
  const differ = inFreshFrame((realm) =>
    Object.entries(READS).flatMap(([name, get]) => {
      const here = read(() => get(window as Realm));
      const there = read(() => get(realm));
      return here === there ? [] : [`${name}=${here.slice(0, 40)}/${there.slice(0, 40)}`];
    }),
  );
  say("frame", differ.join(";") || "same");
};
