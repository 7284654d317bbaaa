// Who this page is: the tab's session and its secret, and the document.
//
// The session lives in sessionStorage and so as long as the tab. Duplicating a tab
// and window.open copy sessionStorage, so a document that finds a session there
// claims it on a BroadcastChannel before it sends anything, and takes a new one if
// a live document answers that it has it. The rules that keep this simple:
//   - only top-level documents claim and answer, as frames share their tab's session;
//   - a document answers from its start until pagehide, and again after pageshow.
//     The document before this one in the same tab has had its pagehide;
//   - once a document has sent something its session stays. An answer that comes
//     later than CLAIM_MS is not waited for.

import { BroadcastChannel } from "./captured";
import { attempt, guard, later } from "./listen";
import { load, save } from "./storage";

const CLAIM_MS = 150;

interface Message {
  sid: string;
  page: string;
  taken?: boolean;
}

export const framed = window.top !== window;
export const page = random(8);
export let sid = "";
export let secret = "";

let channel: BroadcastChannel | undefined;
let refused: (() => void) | undefined;

function random(bytes: number): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) => (byte + 256).toString(16).slice(1)).join("");
}

function take(): void {
  sid = random(16);
  secret = random(16);
  keep();
}

function keep(): void {
  save("rtSessionId", sid);
  save("gaitSecret", secret);
}

// Reports whether the session was there before this document.
export function open(): boolean {
  sid = load("rtSessionId");
  secret = load("gaitSecret");
  const found = /^[\da-f]{64}$/.test(sid + secret) && sid.length === 32;
  if (!found) take();
  return found;
}

// Calls done once the session is ours, at once where nobody else can have it.
export function claim(found: boolean, done: () => void): void {
  keep();
  listenForClaims();
  if (!found) {
    done();
    return;
  }
  refused = take;
  later(CLAIM_MS, () => {
    refused = undefined;
    // The top-level document may have taken a new session meanwhile.
    if (framed) open();
    done();
  });
  tell({ sid, page });
}

function tell(message: Message): void {
  channel?.postMessage(message);
}

export function listenForClaims(): void {
  // Older browsers and sandboxed documents have none.
  channel = framed ? undefined : attempt(() => new BroadcastChannel("gait"), undefined);
  if (!channel) return;
  channel.onmessage = guard(({ data }: MessageEvent<Message>) => {
    if (data.sid !== sid) return;
    if (!data.taken) {
      tell({ sid, page: data.page, taken: true });
    } else if (data.page === page && refused) {
      refused();
      refused = undefined;
    }
  });
}

// An open channel may keep the document out of the back/forward cache.
export function stopListeningForClaims(): void {
  channel?.close();
  channel = undefined;
}
