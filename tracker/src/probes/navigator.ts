// What navigator says: own properties (a browser's has none), plugins, the machine, the
// time zone, and the language against that of the formats.

import type { Probe } from "./probe";

export const navigatorSays: Probe = (say) => {
  const { plugins, mimeTypes, pdfViewerEnabled, hardwareConcurrency, language } = navigator;
  const { deviceMemory, vendor, productSub } = navigator as { deviceMemory?: number; vendor?: string; productSub?: string };
  say("nav.own", Reflect.ownKeys(navigator).map(String).slice(0, 20).join());
  say("plugins", [plugins?.length, mimeTypes?.length, pdfViewerEnabled].join("/"));
  say("cpu", `${hardwareConcurrency}/${deviceMemory ?? "-"}`);
  say("vendor", `${vendor}/${productSub}`);
  const { locale, timeZone } = Intl.DateTimeFormat().resolvedOptions();
  say("tz", timeZone);
  say("locale", [language, locale, new Date().getTimezoneOffset()].join("|"));
};
