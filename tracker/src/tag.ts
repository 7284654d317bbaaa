// What the page's author says in the script tag.

import { attribute } from "./captured";
import { attempt } from "./listen";

// Only while the script runs for the first time; a module and an injected script
// have none.
const script = document.currentScript ?? document.querySelector("script[data-site-key],script[data-key]") ?? document.documentElement;

export const data = (name: string): string => attribute(script, "data-" + name);

// The browser hides the attribute once the script is in the document.
export const nonce = (script as HTMLElement).nonce;

export const siteKey = data("site-key") || data("key");

// Beside the script where nothing else is said; an inline script has no address.
export const endpoint = attempt(
  () => new URL(data("endpoint") || "/", (script as HTMLScriptElement).src || document.baseURI).href.replace(/\/+$/, ""),
  "",
);

// Where reading the device needs more than the visitor's presence.
export const probeFree = data("probes") === "false";
