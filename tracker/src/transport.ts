// Batches on their way to the server: one request at a time, in order, until each
// is acknowledged. What is not acknowledged when the document is left is kept for
// the tab's next document, which sends it first; the server knows a batch that it has.
//
// Bounds: when half of MAX_BATCHES or MAX_CHARS waits, new batches lose their pointer
// moves; when all of it does, new batches are dropped whole. The old ones tell how the
// page was entered and used, and a gap in the sequence tells the server what happened.

import { AbortController, beacon, Blob, cancel, CompressionStream, parse, request, Response, stringify } from "./captured";
import { now, origin, ticks } from "./clock";
import { attempt, guard, later, silence } from "./listen";
import { cut, isFull, push, type Field, type Queued } from "./queue";
import { page, secret, sid } from "./session";
import { load, save } from "./storage";
import { forgetDescriptions } from "./targets";

const SOON_MS = 200;
const USUAL_MS = 1_000;
const SOON = /^[oSc]$/; // open, submit and click

const MAX_BATCHES = 200;
const MAX_CHARS = 512_000;
const MAX_SAVED_CHARS = 256_000;
// All keepalive requests and beacons in flight share 64 KiB.
const KEEPALIVE_BYTES = 60_000;
const GZIP_FROM = 300;

const TIMEOUT_MS = 20_000;
const FIRST_BACKOFF_MS = 1_000;
const LAST_BACKOFF_MS = 60_000;
const SHORTEST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 600_000;

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

let site = "";
let url = "";
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

export function configure(siteKey: string, endpoint: string): void {
  site = siteKey;
  url = endpoint + "/v1/batch";
}

// The session is settled: sending may begin.
export function begin(): void {
  ready = true;
  pump();
}

export function enqueue(letter: string, ms: number, fields: Field[]): Queued {
  if (stopped) return [letter, 0];
  const event = push(letter, ms, fields);
  if (ready && isFull()) {
    cutBatch();
    pump();
  } else {
    schedule(SOON.test(letter) ? SOON_MS : USUAL_MS);
  }
  return event;
}

function schedule(delay: number): void {
  if (due || now() + delay >= dueAt) return;
  dueAt = now() + delay;
  cancel(timer);
  timer = later(delay, flush);
}

export function flush(): void {
  dueAt = Infinity;
  due = true;
  pump();
}

function waitingChars(): number {
  return pending.reduce((sum, batch) => sum + batch.events.length, 0);
}

function cutBatch(): void {
  due = false;
  const fill = Math.max(pending.length / MAX_BATCHES, waitingChars() / MAX_CHARS);
  const batch = cut(fill >= 0.5);
  if (!batch) return;
  if (fill >= 1) {
    seq++; // the gap tells the server that something is missing
    forgetDescriptions();
    return;
  }
  pending.push({ ...batch, head: { v: 1, site, sid, secret, page, seq: seq++, origin, sent: 0 } });
}

// Sends the first batch that waits. Events gather for as long as others wait before
// them, so that a server that is away does not meet thousands of small batches.
function pump(): void {
  if (!ready || stopped || sending || resting) return;
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
}

function body({ head, last, events }: Batch): string {
  // By the clock of the document that the batch comes from.
  head.sent = Math.max(ticks(now() + origin - head.origin), last);
  return `${stringify(head).slice(0, -1)},"events":${events}}`;
}

// Never rejects: whatever goes wrong is no answer.
async function post(text: string): Promise<Answer> {
  const giveUp = new AbortController();
  const timeout = later(TIMEOUT_MS, () => giveUp.abort());
  let status = 0;
  try {
    const bytes = await pack(text);
    const size = typeof bytes === "string" ? text.length * 3 : bytes.byteLength;
    const response = await request(url, {
      method: "POST",
      headers: { "Content-Type": "text/plain" },
      body: bytes,
      // A request over the quota fails at once and looks like a dead network, so a
      // second try goes without.
      keepalive: size <= KEEPALIVE_BYTES && failures === 0,
      credentials: "omit",
      referrerPolicy: "origin",
      signal: giveUp.signal,
    });
    status = response.status;
    return { ...((await response.json()) as object), status };
  } catch {
    return { status }; // an error page of a proxy is no JSON, but its status counts
  } finally {
    cancel(timeout);
  }
}

async function pack(text: string): Promise<string | ArrayBuffer> {
  if (!CompressionStream || text.length < GZIP_FROM) return text;
  try {
    return await new Response(new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer();
  } catch {
    return text;
  }
}

function settle(batch: Batch, { status, ack, retry_after_ms: wait }: Answer): void {
  const acked = status === 200 && ack === batch.head.seq;
  if (status === 403 && batch.head.sid === sid) {
    stop();
  } else if (acked || status === 400 || status === 403 || status === 413) {
    failures = 0;
    forget(batch);
    if (!acked) forgetDescriptions();
    pump();
  } else {
    // A server that says how long to wait is not away.
    const told = (status === 429 || status === 503) && typeof wait === "number";
    failures = told ? 0 : failures + 1;
    rest(told ? Math.max(SHORTEST_WAIT_MS, Math.min(LONGEST_WAIT_MS, wait)) : backoff());
  }
}

function backoff(): number {
  return Math.min(LAST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (failures - 1)) * (0.75 + Math.random() / 2);
}

function rest(ms: number): void {
  resting = true;
  later(ms, () => {
    resting = false;
    pump();
  });
}

function stop(): void {
  stopped = true;
  pending = [];
  silence();
  save("gaitQueue", "");
}

function forget(batch: Batch): void {
  pending = pending.filter((other) => other !== batch);
  // What former documents left is removed once all of it has arrived.
  if (batch.head.page !== page && pending.every(({ head }) => head.page === page)) save("gaitQueue", "");
}

// The document is being left, perhaps for good.
export function lastFlush(): void {
  if (stopped) return;
  cutBatch();
  let room = MAX_SAVED_CHARS;
  let sends = true;
  const saved = pending.filter((batch) => {
    const text = body(batch);
    if (sends && batch !== sending) sends = attempt(() => beacon?.(url, text) ?? false, false);
    room -= batch.events.length;
    return room > 0;
  });
  save("gaitQueue", saved.length ? stringify(saved) : "");
}

// Takes over what the tab's former documents could not send, and what this one saved
// before it came back. The server refuses what was tampered with, which drops it.
export function adopt(): void {
  let saved: Batch[] = [];
  try {
    saved = (parse(load("gaitQueue")) as Batch[]).filter(
      ({ head, events }) => head.site === site && events.length && !pending.some((other) => other.head.page === head.page && other.head.seq === head.seq),
    );
  } catch {
    save("gaitQueue", ""); // nothing, or not ours
  }
  pending = [...saved.slice(0, MAX_BATCHES), ...pending];
  pump();
}
