// The page that plays a session's replay: /replay/SESSION?workspace=ID, with #t=UNIX_MS for
// a moment of it. A page of the same origin that has it in a frame may post {gait: "seek", at},
// and is posted {gait: "time", at}; at is Unix ms by the server's clock.

import { Failure, Source, type Page } from "./data";
import { evidenceOf, type Evidence } from "./evidence";
import { again, askForKey, clear, loading, tell } from "./message";
import { Player } from "./player";
import { drawMarks, drawSpots, namedAt, spotsOf, type Spot } from "./timeline";

const SPEEDS = [1, 2, 4, 8];
const STEP = 5_000; // of the arrow keys, ms
const LEAD = 1_000; // that is played before a moment of evidence, ms
const TOLD = 200; // how often the time is posted while playing, ms

const find = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;
const stage = find("stage");
const bar = find("bar");
const pageList = find<HTMLSelectElement>("pages");
const seekBar = find<HTMLInputElement>("seek");
const playButton = find<HTMLButtonElement>("play");
const skip = find<HTMLInputElement>("skip");

const session = location.pathname.split("/").filter(Boolean).pop() ?? "";
const source = new Source(session, new URLSearchParams(location.search).get("workspace") ?? "");
let pages: Page[] = [];
let evidence: Evidence[] = [];
let spots: Spot[] = []; // of the page that is shown
let shown = -1;
let player: Player | undefined;
let speed = 1;
let told = 0;
let turn = 0; // of loading: what was asked for before the last one is dropped

const clockOf = (ms: number): string => {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
};

const labelOf = ({ url, started, ended }: Page, index: number): string => {
  const path = url ? new URL(url).pathname : "Page";
  return `${index + 1}. ${path} (${clockOf(ended - started)})`;
};

const showTime = (): void => {
  if (!player) return;
  const { now, total } = player;
  seekBar.max = String(Math.ceil(total));
  seekBar.value = String(Math.round(now));
  const text = `${clockOf(now)} / ${clockOf(total)}`;
  seekBar.setAttribute("aria-valuetext", text);
  find("time").textContent = text;
  const at = player.clock(now);
  const clock = find<HTMLTimeElement>("clock");
  clock.dateTime = new Date(at).toISOString();
  clock.textContent = new Date(at).toLocaleTimeString();
  clock.title = new Date(at).toLocaleString(undefined, { dateStyle: "full", timeStyle: "long" });
  const caption = player.skipping ? "Skipping a pause" : namedAt(spots, now);
  if (find("caption").textContent !== caption) find("caption").textContent = caption;
  playButton.classList.toggle("playing", player.playing);
  playButton.setAttribute("aria-label", player.playing ? "Pause" : "Play");
  if (window.parent !== window && Date.now() - told >= TOLD) {
    told = Date.now();
    window.parent.postMessage({ gait: "time", at: Math.round(at) }, location.origin);
  }
};

const frame = (): void => {
  if (player?.playing) showTime();
  requestAnimationFrame(frame);
};

const drawTimeline = (): void => {
  const page = pages[shown];
  if (!player || !page) return;
  spots = spotsOf(evidence, page.page, player);
  drawMarks(find("marks"), player);
  drawSpots(find("spots"), spots, player.total, clockOf, ({ at }) => seek(at - LEAD));
  find("legend-evidence").hidden = !evidence.length;
  find("legend-pause").hidden = !player.pauses.length;
};

const fail = (error: unknown, retry: () => void): void => {
  bar.hidden = true;
  const status = error instanceof Failure ? error.status : 0;
  const text = error instanceof Error ? error.message : String(error);
  // An address without a workspace is of use with a key.
  if (status === 401 || (status === 400 && !source.workspace && !source.key)) {
    askForKey(source.key !== "", (key) => {
      source.key = key;
      retry();
    });
  } else if (status === 403) tell("No permission", "You may not see the replays of this workspace.");
  else if (status === 404) {
    tell(
      "Nothing is recorded",
      "Pages are recorded only where the workspace and the page allow it, never for visitors with Global Privacy Control, and replays are deleted after a while.",
    );
  } else tell("The replay cannot be shown", text, again(retry));
};

// Shows a page of the session, from a moment (Unix ms) or its start.
const show = async (index: number, at?: number, playing = false): Promise<void> => {
  const page = pages[index];
  if (!page) return;
  const mine = ++turn;
  player?.close();
  player = undefined;
  shown = index;
  pageList.value = String(index);
  find<HTMLButtonElement>("previous").disabled = index === 0;
  find<HTMLButtonElement>("next").disabled = index === pages.length - 1;
  try {
    const events = await source.events(page, loading(page.chunks));
    if (mine !== turn) return;
    clear();
    if (events.length < 2) throw new Error("There is too little of this page to play.");
    const made = new Player(stage, events, page.offset_ms, () => {
      showTime();
      if (shown + 1 < pages.length) void show(shown + 1, undefined, true);
    });
    player = made;
    made.set(speed, skip.checked);
    bar.hidden = false;
    drawTimeline();
    made.seek(at === undefined ? 0 : made.since(at));
    if (playing) made.play();
    showTime();
  } catch (error) {
    if (mine === turn) fail(error, () => void show(index, at, playing));
  }
};

// The page that was open at a moment, else the nearest.
const pageAt = (at: number): number => {
  const far = ({ started, ended }: Page): number => Math.max(started - at, at - ended, 0);
  let best = 0;
  pages.forEach((page, index) => {
    if (far(page) < far(pages[best]!)) best = index;
  });
  return best;
};

const seekTo = (at: number): void => {
  if (!pages.length || !Number.isFinite(at)) return;
  const index = pageAt(at);
  if (index === shown && player) seek(player.since(at));
  else void show(index, at, player?.playing);
};

const asked = (): number | undefined => {
  const at = Number(new URLSearchParams(location.hash.slice(1)).get("t") ?? NaN);
  return Number.isFinite(at) ? at : undefined;
};

const start = async (): Promise<void> => {
  loading(1);
  try {
    pages = await source.pages();
    clear();
    pageList.replaceChildren(...pages.map((page, index) => new Option(labelOf(page, index), String(index))));
    find("pages-of").hidden = false;
    for (const id of ["previous", "next"]) find(id).hidden = pages.length < 2;
    void evidenceOf(source).then((found) => {
      evidence = found;
      drawTimeline();
    });
    const at = asked();
    await show(at === undefined ? 0 : pageAt(at), at);
  } catch (error) {
    fail(error, () => void start());
  }
};

const toggle = (): void => {
  if (!player) return;
  if (player.playing) player.pause();
  else player.play();
  showTime();
};

const seek = (ms: number): void => {
  player?.seek(ms);
  showTime();
};

const step = (ms: number): void => {
  if (player) seek(player.now + ms);
};

const turnTo = (index: number): void => {
  if (pages[index]) void show(index, undefined, player?.playing);
};

// Goes to the next moment of evidence, or to the one before, on whatever page it is.
const jump = (by: 1 | -1): void => {
  if (!player) return;
  const now = player.clock(player.now);
  const known = evidence.filter(({ page }) => pages.some((other) => other.page === page));
  // A moment is shown with what led to it, which must not count as before it.
  const to = by > 0 ? known.find(({ at }) => at - LEAD > now + 50) : known.filter(({ at }) => at - LEAD < now - 50).at(-1);
  const index = pages.findIndex(({ page }) => page === to?.page);
  if (!to || index < 0) return;
  if (index === shown) seek(player.since(to.at) - LEAD);
  else void show(index, to.at - LEAD, player.playing);
};

const setSkip = (on: boolean): void => {
  skip.checked = on;
  player?.set(speed, on);
};

const setSpeed = (to: number): void => {
  speed = to;
  for (const input of find("speeds").querySelectorAll("input")) input.checked = Number(input.value) === to;
  player?.set(speed, skip.checked);
};

for (const value of SPEEDS) {
  const label = document.createElement("label");
  const input = document.createElement("input");
  input.type = "radio";
  input.name = "speed";
  input.value = String(value);
  input.checked = value === speed;
  input.addEventListener("change", () => setSpeed(value));
  label.append(input, `${value}×`);
  find("speeds").append(label);
}

playButton.addEventListener("click", toggle);
skip.addEventListener("change", () => setSkip(skip.checked));
pageList.addEventListener("change", () => turnTo(Number(pageList.value)));
find("previous").addEventListener("click", () => turnTo(shown - 1));
find("next").addEventListener("click", () => turnTo(shown + 1));
seekBar.addEventListener("input", () => seek(Number(seekBar.value)));

const keys: Record<string, () => void> = {
  " ": toggle,
  ArrowLeft: () => step(-STEP),
  ArrowRight: () => step(STEP),
  Home: () => step(-Infinity),
  End: () => step(Infinity),
  e: () => jump(1),
  E: () => jump(-1),
  n: () => turnTo(shown + 1),
  p: () => turnTo(shown - 1),
  s: () => setSkip(!skip.checked),
  ...Object.fromEntries(SPEEDS.map((value) => [String(value), () => setSpeed(value)])),
};

// Whether what has the focus needs a key for itself.
const needs = (target: EventTarget | null, key: string): boolean => {
  if (target instanceof HTMLButtonElement) return key === " ";
  if (!(target instanceof HTMLInputElement)) return target instanceof HTMLSelectElement;
  if (target.type === "checkbox") return key === " ";
  if (target.type === "radio") return key.startsWith("Arrow");
  return target.type !== "range";
};

addEventListener("keydown", (event) => {
  const { target, key } = event;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const run = keys[key];
  // While one page loads, another can be turned to.
  if (!run || (!player && !"np".includes(key)) || needs(target, key)) return;
  event.preventDefault();
  run();
});

addEventListener("hashchange", () => {
  const at = asked();
  if (at !== undefined) seekTo(at);
});

addEventListener("message", ({ origin, source: from, data }: MessageEvent<{ gait?: unknown; at?: unknown } | null>) => {
  if (origin !== location.origin || from !== window.parent || data?.gait !== "seek") return;
  seekTo(Number(data.at));
});

// The dashboard's choice, which this browser keeps for all of the origin.
try {
  const theme = localStorage.getItem("gait.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset["theme"] = theme;
} catch {
  // Storage is blocked: the system's theme it is.
}

document.documentElement.classList.toggle("framed", window.parent !== window);
frame();
void start();
