// Batches on their way to the server: one request at a time, in order, until each
// is acknowledged. What is not acknowledged when the document is left is kept for
// the tab's next document, which sends it first; the server knows a batch that it has.
//
// Bounds: when half of what may wait does, new batches lose their pointer
// moves; when all of it does, new batches are dropped whole. The old ones tell how the
// page was entered and used, and a gap in the sequence tells the server what happened.

import { AbortController, cancel, CompressionStream, parse, request, Response, stringify } from "./captured";
import { now, origin } from "./clock";
import { attempt, guard, later, silence } from "./listen";
import { cut, int, isFull, push, type Field, type Queued } from "./queue";
import { page, secret, sid } from "./session";
import { load, save } from "./storage";
import { endpoint, siteKey } from "./tag";
import { forgetDescriptions } from "./targets";

const SOON = "oSc"; // open, submit and click

const enum Ms {
  Soon = 200,
  Usual = 1_000,
  Timeout = 20_000,
  FirstBackoff = 500, // doubled from the first failure on
  LastBackoff = 60_000,
  ShortestWait = 100,
  LongestWait = 600_000,
}

const enum Most {
  Batches = 200,
  Chars = 512_000,
  SavedChars = 256_000,
  // All keepalive requests and beacons in flight share 64 KiB.
  KeepaliveBytes = 60_000,
  Ticks = 3_456_000_000_00, // 400 days
}

interface Batch {
  head: {
    v: 1;
    site: string;
    sid: string;
    secret: string;
    page: string;
    seq: number;
    origin: number;
    sent: number; // set anew for each try
  };
  last: number; // tick of the last event
  events: string; // JSON
}

interface Answer {
  status: number; // 0 when there was none
  ack?: unknown;
  retry_after_ms?: unknown;
}

const url = endpoint + "/v1/batch";
let ready = false;
let stopped = false;

let seq = 0;
let pending: Batch[] = [];
let sending: Batch | undefined;
let failures = 0;
let resting = false; // after a failure

let timer = 0;
let dueAt = Infinity;
let due = false;

// The session is settled: sending may begin.
export const begin = (): void => {
  ready = true;
  pump();
};

export const enqueue = (letter: string, ms: number, fields: Field[]): Queued => {
  if (stopped) return [letter, 0];
  const event = push(letter, ms, fields);
  if (ready && isFull()) {
    cutBatch();
    pump();
  } else {
    schedule(SOON.includes(letter) ? Ms.Soon : Ms.Usual);
  }
  return event;
};

const schedule = (delay: number): void => {
  if (due || now() + delay >= dueAt) return;
  dueAt = now() + delay;
  cancel(timer);
  timer = later(delay, flush);
};

export const flush = (): void => {
  dueAt = Infinity;
  due = true;
  pump();
};

const cutBatch = (): void => {
  due = false;
  const chars = pending.reduce((sum, { events }) => sum + events.length, 0);
  const fill = Math.max(pending.length / Most.Batches, chars / Most.Chars);
  const batch = cut(fill >= 0.5);
  if (!batch) return;
  if (fill >= 1) {
    seq++; // the gap tells the server that something is missing
    forgetDescriptions();
    return;
  }
  pending.push({ ...batch, head: { v: 1, site: siteKey, sid, secret, page, seq: seq++, origin, sent: 0 } });
};

// Sends the first batch that waits. Events gather for as long as others wait before
// them, so that a server that is away does not meet thousands of small batches.
const pump = (): void => {
  if (!ready || sending || resting) return;
  if (!pending.length && due) cutBatch();
  const batch = pending[0];
  if (!batch) return;
  sending = batch;
  void post(body(batch)).then(
    guard((answer) => {
      sending = undefined;
      settle(batch, answer);
    }),
  );
};

const body = ({ head, last, events }: Batch): string => {
  // By the clock of the document that the batch comes from, which may be another by now.
  head.sent = int((now() + origin - head.origin) * 10, Most.Ticks, last);
  return `${stringify(head).slice(0, -1)},"events":${events}}`;
};

// Never rejects: whatever goes wrong is no answer.
const post = async (text: string): Promise<Answer> => {
  const giveUp = new AbortController();
  later(Ms.Timeout, () => giveUp.abort());
  let status = 0;
  try {
    let packed: string | ArrayBuffer = text;
    try {
      packed = await new Response(new Response(text).body!.pipeThrough(new CompressionStream("gzip"))).arrayBuffer();
    } catch {
      // Older browsers cannot.
    }
    const size = (packed as Partial<ArrayBuffer>).byteLength ?? text.length * 3;
    const response = await request(url, {
      method: "POST",
      headers: { "Content-Type": "text/plain" },
      body: packed,
      // A request over the quota fails at once and looks like a dead network, so a
      // second try goes without.
      keepalive: size <= Most.KeepaliveBytes && failures === 0,
      credentials: "omit",
      referrerPolicy: "origin",
      signal: giveUp.signal,
    });
    status = response.status;
    return { ...((await response.json()) as object), status };
  } catch {
    return { status }; // an error page of a proxy is no JSON, but its status counts
  }
};

const settle = (batch: Batch, { status, ack, retry_after_ms: wait }: Answer): void => {
  const acked = status === 200 && ack === batch.head.seq;
  if (status === 403 && batch.head.sid === sid) {
    stopped = true;
    silence();
    discard();
  } else if (acked || [400, 403, 413].includes(status)) {
    failures = 0;
    forget(batch);
    if (acked) dispatchEvent(new Event("gait:ack")); // for the badge
    else forgetDescriptions();
    pump();
  } else {
    // A server that says how long to wait is not away.
    const told = (wait as number) > 0;
    failures = told ? 0 : failures + 1;
    resting = true;
    const backoff = Math.min(Ms.LastBackoff, Ms.FirstBackoff * 2 ** failures) * (0.75 + Math.random() / 2);
    later(told ? int(wait, Ms.LongestWait, Ms.ShortestWait) : backoff, () => {
      resting = false;
      pump();
    });
  }
};

// Drops everything that was collected and not sent.
export const discard = (): void => {
  cut(true);
  pending = [];
  ready = due = false;
  seq = 0;
  save("gaitQueue", "");
};

const forget = (batch: Batch): void => {
  pending = pending.filter((other) => other !== batch);
  // What former documents left is removed once all of it has arrived.
  if (batch.head.page !== page && pending.every(({ head }) => head.page === page)) save("gaitQueue", "");
};

// The document is being left, perhaps for good.
export const lastFlush = (): void => {
  cutBatch();
  let room: number = Most.SavedChars;
  let sends = true;
  const saved = pending.filter((batch) => {
    const text = body(batch);
    if (sends && batch !== sending) sends = attempt(() => navigator.sendBeacon(url, text), false);
    room -= batch.events.length;
    return room > 0;
  });
  save("gaitQueue", saved.length ? stringify(saved) : "");
};

// Takes over what the tab's former documents could not send, and what this one saved
// before it came back. The server refuses what was tampered with, which drops it.
export const adopt = (): void => {
  // Nothing is not parsed: the first error makes the browser read the whole script again.
  const queue = load("gaitQueue");
  let saved: Batch[] = [];
  try {
    saved = (queue ? (parse(queue) as Batch[]) : []).filter(
      ({ head, events }) => head.site === siteKey && events.length && !pending.some((other) => other.head.page === head.page && other.head.seq === head.seq),
    );
  } catch {
    save("gaitQueue", ""); // not ours
  }
  pending = [...saved.slice(0, Most.Batches), ...pending];
  pump();
};
