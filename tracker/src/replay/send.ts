// Chunks of events on their way to the server, in order, one request at a time. A chunk
// that the server does not take ends the recording of this document: a replay with a
// hole in it shows what never was. Capture has its own way and never waits for this one.

import { siteOf, type Who } from "./load";

const enum Ms {
  Flush = 5_000,
  Soon = 1_000, // least time between two chunks; the server takes one a second in the long run
  Timeout = 20_000,
  Backoff = 1_000, // doubled with each failure
  LongestWait = 60_000,
}

const enum Most {
  Chars = 400_000, // of events before they become a chunk
  // Of events that wait for no longer than Ms.Soon: what is left over when the document is
  // left has room in beacons, which nothing can compress in time.
  SoonChars = 24_000,
  PieceChars = 12_000, // of events in a beacon, unless one event is larger
  EventChars = 4_000_000,
  BodyBytes = 256 << 10,
  WaitingChars = 8_000_000, // of chunks
  Failures = 5, // in a row
  // Beacons and keepalive requests in flight share 64 KiB, of which capture has the other half.
  KeepaliveBytes = 30_000,
}

export interface Sender {
  push: (event: object) => void;
  leave: () => void; // the document is being left, perhaps for good
  flush: () => void;
  close: () => void; // drops what waits
}

const SNAPSHOT = 2; // the type of its event

interface Chunk {
  text: string;
  packing: Promise<Blob>;
  packed?: Blob;
  leaves?: boolean; // arrives also if the document is left
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
  let waiting: Chunk[] = [];
  let closed = false;
  let busy = false;
  let timer = 0;
  let last = -Ms.Soon; // chunk, on the document's clock

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
  const post = async (body: Blob, keepalive: boolean): Promise<number | true> => {
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: { "Content-Type": "text/plain" },
        body: body.slice(0, body.size, "text/plain"),
        credentials: "omit",
        referrerPolicy: "origin",
        keepalive,
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
      const body = await chunk.packing;
      // A request over the quota fails at once, so a second try goes without.
      chunk.leaves = body.size <= Most.KeepaliveBytes && !failures;
      const answer = body.size > Most.BodyBytes ? 0 : await post(body, chunk.leaves);
      chunk.leaves = false;
      if (closed) break;
      if (answer === true) {
        failures = 0;
        waiting = waiting.filter((other) => other !== chunk);
      } else if (answer === 0 || ++failures > Most.Failures) fail();
      else await wait(answer > 0 ? answer : Ms.Backoff * 2 ** failures * (0.75 + Math.random() / 2));
    }
    busy = false;
  };

  const add = (list: string[]): void => {
    const text = envelope(list);
    const chunk: Chunk = { text, packing: pack(text) };
    chunk.packing.then((packed) => (chunk.packed = packed)).catch(fail);
    waiting.push(chunk);
  };

  const take = (): string[] => {
    const taken = events;
    clearTimeout(timer);
    timer = chars = 0;
    events = [];
    return taken;
  };

  const cut = (): void => {
    const list = take();
    if (closed || !list.length) return;
    last = performance.now();
    add(list);
    if (waiting.reduce((sum, { text }) => sum + text.length, 0) > Most.WaitingChars) fail();
    void pump().catch(fail);
  };

  const cutIn = (ms: number): void => {
    clearTimeout(timer);
    timer = setTimeout(cut, ms) as unknown as number;
  };

  return {
    push: (event) => {
      if (closed) return;
      const text = JSON.stringify(event);
      if (text.length > Most.EventChars) return fail();
      if (chars && chars + text.length > Most.Chars) cut();
      events.push(text);
      const before = chars;
      chars += text.length;
      // All else rests on the snapshot.
      if ((event as { type?: number }).type === SNAPSHOT) cutIn(0);
      else if (chars >= Most.SoonChars && before < Most.SoonChars) cutIn(Math.max(0, last + Ms.Soon - performance.now()));
      else if (!timer) cutIn(Ms.Flush);
    },
    flush: cut,
    leave: () => {
      if (closed) return;
      let piece: string[] = [];
      let size = 0;
      for (const text of take()) {
        if (size && size + text.length > Most.PieceChars) {
          add(piece);
          piece = [];
          size = 0;
        }
        piece.push(text);
        size += text.length;
      }
      if (size) add(piece);
      // As much as the browser takes, in order: what is behind a gap cannot be played.
      for (const { text, packed, leaves } of waiting) {
        if (!leaves && !navigator.sendBeacon(url, packed?.slice(0, packed.size, "text/plain") ?? text)) break;
      }
      void pump().catch(fail);
    },
    close,
    next: () => seq,
  };
};
