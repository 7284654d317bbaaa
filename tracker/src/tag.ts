// What the page's author says in the script tag.

import { attribute } from "./captured";
import { attempt } from "./listen";

// Only while the script runs for the first time; a module and an injected script
// have none.
// The browser hides the attribute nonce once it is in the document, not the property.
export const script = (document.currentScript ??
  document.querySelector("script[data-site-key],script[data-key]") ??
  document.documentElement) as HTMLScriptElement;

export const data = (name: string): string => attribute(script, "data-" + name);

export const siteKey = data("site-key") || data("key");

// Beside the script where nothing else is said; an inline script has no address.
export const endpoint = attempt(
  () => new URL(data("endpoint") || "/", script.src || document.baseURI).href.replace(/\/+$/, ""),
  "",
);

// Where reading the device needs more than the visitor's presence.
export const probeFree = data("probes") === "false";
