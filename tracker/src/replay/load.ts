// Whether this document is recorded: as the script tag, the visitor's browser and the
// workspace say. Only where all three agree is the recorder loaded. A part of probes.js,
// as rt.js has no room for it. The server is asked beside the probes; the recorder runs
// when those have been through that look at what it changes, so that nothing that it does
// is taken for the page's own.

// What rt.js knows and the recorder needs.
export type Who = () => [paused: boolean, sid: string, secret: string, page: string, endpoint: string, tag: Element];

export const HANDOVER = Symbol.for("gait.replay");

interface Given extends Window {
  [HANDOVER]?: Who | undefined;
}

// The name by which the server knows the site.
export const siteOf = (tag: Element): string => tag.getAttribute("data-site-key") || tag.getAttribute("data-key") || "";

// Without a file, this server records nobody.
const isRecorded = async (file: string, path: string, who: Who): Promise<boolean> => {
  const [, , , , endpoint, tag] = who();
  const refused = tag.getAttribute("data-replay") === "false" || (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl;
  if (!file || refused || window.top !== window) return false;
  const response = await fetch(`${endpoint}${path}?site=${encodeURIComponent(siteOf(tag))}`, { credentials: "omit", referrerPolicy: "origin" });
  return ((await response.json()) as { replay?: unknown }).replay === true;
};

// Fetches the file, which is not run before it is wanted.
const fetchSoon = (file: string, [, , , , endpoint, tag]: ReturnType<Who>): HTMLLinkElement => {
  const link = document.createElement("link");
  link.rel = "preload";
  link.as = "script";
  link.nonce = (tag as HTMLElement).nonce;
  link.href = endpoint + file;
  return document.head.appendChild(link);
};

// Asks whether this document is recorded, and returns what begins that.
export const prepareReplay = (who?: Who, script?: (path: string) => HTMLScriptElement): (() => void) => {
  if (!who || !script) return () => {};
  const file = "/v1/replay.js";
  const asked = isRecorded(file, "/v1/replay", who)
    .then((yes) => yes && fetchSoon(file, who()))
    .catch(() => false as const);
  return () =>
    void asked.then((link) => {
      if (!link) return;
      const given: Given = window;
      given[HANDOVER] = who;
      script(file).onerror = () => delete given[HANDOVER];
      link.remove();
    });
};
