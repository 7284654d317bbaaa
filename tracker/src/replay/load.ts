// Whether this document is recorded: as the script tag, the visitor's browser and the
// workspace say. Only where all three agree is the recorder loaded. A part of probes.js,
// as rt.js has no room for it; it runs when the probes are done, so that nothing that the
// recorder does to the page is taken for the page's own.

// What rt.js knows and the recorder needs.
export type Who = () => [paused: boolean, sid: string, secret: string, page: string, endpoint: string, tag: Element];

export const HANDOVER = Symbol.for("gait.replay");

interface Given extends Window {
  [HANDOVER]?: Who | undefined;
}

// The name by which the server knows the site.
export const siteOf = (tag: Element): string => tag.getAttribute("data-site-key") || tag.getAttribute("data-key") || "";

// Without a file, this server records nobody.
const loadFrom = async (file: string, path: string, who: Who, script: (path: string) => HTMLScriptElement): Promise<void> => {
  const [, , , , endpoint, tag] = who();
  const refused = tag.getAttribute("data-replay") === "false" || (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl;
  if (!file || refused || window.top !== window) return;
  const response = await fetch(`${endpoint}${path}?site=${encodeURIComponent(siteOf(tag))}`, { credentials: "omit", referrerPolicy: "origin" });
  if (((await response.json()) as { replay?: unknown }).replay !== true) return;
  const given: Given = window;
  given[HANDOVER] = who;
  script(file).onerror = () => delete given[HANDOVER];
};

export const loadReplay = (who?: Who, script?: (path: string) => HTMLScriptElement): void => {
  if (who && script) loadFrom("/v1/replay.js", "/v1/replay", who, script).catch(() => {});
};
