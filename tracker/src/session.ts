// Who this page is: the tab's session and its secret, and the document.
//
// The session lives in sessionStorage and so as long as the tab. Duplicating a tab
// and window.open copy sessionStorage, so a document that finds a session there
// claims it on a BroadcastChannel before it sends anything, and takes a new one if
// a live document answers that it has it. The rules that keep this simple:
//   - only top-level documents claim and answer, as frames share their tab's session;
//   - a document answers from its start until pagehide, and again after pageshow.
//     The document before this one in the same tab has had its pagehide;
//   - once a document has sent something its session stays. An answer is
//     waited for no longer than Ms.Claim.

import { BroadcastChannel } from "./captured";
import { attempt, guard, later } from "./listen";
import { load, save } from "./storage";

const enum Ms {
  Claim = 150,
}

// A document claims a session, or says that it is taken.
type Message = [sid: string, claimant: string, taken?: boolean];

export const framed = window.top !== window;
export let page = "";
export let sid = ""; // none before consent where that is required
export let secret = "";

let channel: BroadcastChannel | undefined;
let claiming = false;

const random = (bytes: number): string => {
  return Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) => (byte + 256).toString(16).slice(1)).join("");
};

const take = (): void => {
  sid = random(16);
  secret = random(16);
  keep();
};

const keep = (): void => {
  save("rtSessionId", sid);
  save("gaitSecret", secret);
};

// Reports whether the session was there before this document.
export const open = (): boolean => {
  page = random(8);
  sid = load("rtSessionId");
  secret = load("gaitSecret");
  const found = /^[\da-f]{32}\/[\da-f]{32}$/.test(`${sid}/${secret}`);
  if (!found) take();
  return found;
};

// Ends the session for this document and for the tab.
export const close = (): void => {
  stopListeningForClaims();
  claiming = false;
  sid = secret = "";
  keep();
};

// Calls done once the session is ours, at once where nobody else can have it.
export const claim = (found: boolean, done: () => void): void => {
  listenForClaims();
  if (!found) {
    done();
    return;
  }
  claiming = true;
  later(Ms.Claim, () => {
    claiming = false;
    // The top-level document may have taken a new session meanwhile.
    if (framed && sid) open();
    done();
  });
  channel?.postMessage([sid, page] satisfies Message);
};

export const listenForClaims = (): void => {
  // Older browsers and sandboxed documents have none.
  channel = framed ? undefined : attempt(() => new BroadcastChannel("gait"));
  if (!channel) return;
  channel.onmessage = guard(({ data: [other, claimant, taken] }: MessageEvent<Message>) => {
    if (other !== sid) return;
    if (!taken) channel?.postMessage([sid, claimant, true] satisfies Message);
    else if (claimant === page && claiming) {
      claiming = false;
      take();
    }
  });
};

// An open channel may keep the document out of the back/forward cache.
export const stopListeningForClaims = (): void => {
  channel?.close();
  channel = undefined;
};
