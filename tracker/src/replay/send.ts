// Chunks of events on their way to the server, in order, one request at a time. A chunk
// that the server does not take ends the recording of this document: a replay with a
// hole in it shows what never was. Capture has its own way and never waits for this one.

import { siteOf, type Who } from "./load";

const enum Ms {
  Flush = 5_000,
  First = 1_000, // the snapshot, on which all else rests
  Timeout = 20_000,
  Backoff = 1_000, // doubled with each failure
  LongestWait = 60_000,
}

const enum Most {
  Chars = 400_000, // of events before they become a chunk
  EventChars = 4_000_000,
  BodyBytes = 256 << 10,
  WaitingChars = 8_000_000, // of chunks
  Failures = 5, // in a row
  // All beacons and keepalive requests in flight share 64 KiB, and capture goes first.
  BeaconBytes = 30_000,
}

export interface Sender {
  push: (event: object) => void;
  leave: () => void; // the document is being left, perhaps for good
  flush: () => void;
  close: () => void; // drops what waits
}

const wait = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

const pack = async (text: string): Promise<Blob> => {
  const plain = new Blob([text]);
  if (!("CompressionStream" in window)) return plain;
  return new Response(plain.stream().pipeThrough(new CompressionStream("gzip"))).blob();
};

// A way to send what this document records in the session that it has now. failed is
// called once, when there is no use in going on.
export const sender = (who: Who, from: number, failed: () => void): Sender & { next: () => number } => {
  const [, sid, secret, page, endpoint, tag] = who();
  const url = endpoint + "/v1/replay";
  let seq = from;
  let events: string[] = [];
  let chars = 0;
  let waiting: { text: string }[] = [];
  let closed = false;
  let busy = false;
  let timer = 0;

  const close = (): void => {
    closed = true;
    clearTimeout(timer);
    events = [];
    waiting = [];
  };

  const fail = (): void => {
    if (closed) return;
    close();
    failed();
  };

  const envelope = (list: string[]): string =>
    `${JSON.stringify({ v: 1, site: siteOf(tag), sid, secret, page, seq: seq++, sent: Date.now() }).slice(0, -1)},"events":[${list.join()}]}`;

  // The server's answer: whether it has the chunk, and else how long to wait; 0 is for ever.
  const post = async (body: Blob): Promise<number | true> => {
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: { "Content-Type": "text/plain" },
        body: body.slice(0, body.size, "text/plain"),
        credentials: "omit",
        referrerPolicy: "origin",
        signal: AbortSignal.timeout(Ms.Timeout),
      });
      if (response.ok) return true;
      const told = Number(((await response.json().catch(() => ({}))) as { retry_after_ms?: unknown }).retry_after_ms);
      return told > 0 ? Math.min(told, Ms.LongestWait) : response.status >= 500 ? -1 : 0;
    } catch {
      return -1; // no answer
    }
  };

  const pump = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    let failures = 0;
    while (!closed && waiting[0]) {
      const chunk = waiting[0];
      const body = await pack(chunk.text);
      const answer = body.size > Most.BodyBytes ? 0 : await post(body);
      if (closed) break;
      if (answer === true) {
        failures = 0;
        waiting = waiting.filter((other) => other !== chunk);
      } else if (answer === 0 || ++failures > Most.Failures) fail();
      else await wait(answer > 0 ? answer : Ms.Backoff * 2 ** failures * (0.75 + Math.random() / 2));
    }
    busy = false;
  };

  const cut = (): void => {
    clearTimeout(timer);
    timer = 0;
    if (closed || !events.length) return;
    waiting.push({ text: envelope(events) });
    events = [];
    chars = 0;
    if (waiting.reduce((sum, { text }) => sum + text.length, 0) > Most.WaitingChars) fail();
    void pump().catch(fail);
  };

  return {
    push: (event) => {
      if (closed) return;
      const text = JSON.stringify(event);
      if (text.length > Most.EventChars) return fail();
      if (chars && chars + text.length > Most.Chars) cut();
      events.push(text);
      chars += text.length;
      timer ||= setTimeout(cut, seq === from ? Ms.First : Ms.Flush) as unknown as number;
    },
    flush: cut,
    leave: () => {
      if (closed) return;
      cut();
      let room: number = Most.BeaconBytes;
      for (const { text } of waiting) {
        room -= new TextEncoder().encode(text).length;
        if (room < 0 || !navigator.sendBeacon(url, text)) break;
      }
    },
    close,
    next: () => seq,
  };
};
