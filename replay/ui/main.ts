// The page that plays a session's replay: /replay/SESSION?workspace=ID, with #t=UNIX_MS for
// a moment of it. A page of the same origin that has it in a frame may post {gait: "seek", at},
// and is posted {gait: "time", at}; at is Unix ms by the server's clock.

import { Failure, Source, type Page } from "./data";
import { again, askForKey, clear, loading, tell } from "./message";
import { Player } from "./player";

const SPEEDS = [1, 2, 4, 8];
const STEP = 5_000; // of the arrow keys, ms
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

const drawMarks = (of: Player): void => {
  find("marks").replaceChildren(
    ...of.marks.slice(0, 2000).map(({ at, kind }) => {
      const mark = document.createElement("i");
      mark.className = kind;
      mark.style.left = `${(at / of.total) * 100}%`;
      return mark;
    }),
  );
};

const fail = (error: unknown, retry: () => void): void => {
  bar.hidden = true;
  const status = error instanceof Failure ? error.status : 0;
  const text = error instanceof Error ? error.message : String(error);
  if (status === 401) {
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
    drawMarks(made);
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
  if (index === shown && player) {
    player.seek(player.since(at));
    showTime();
  } else void show(index, at);
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
    find("pages-label").hidden = false;
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

const step = (ms: number): void => {
  if (!player) return;
  player.seek(player.now + ms);
  showTime();
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
skip.addEventListener("change", () => player?.set(speed, skip.checked));
pageList.addEventListener("change", () => void show(Number(pageList.value)));
seekBar.addEventListener("input", () => {
  player?.seek(Number(seekBar.value));
  showTime();
});

const keys: Record<string, () => void> = {
  " ": toggle,
  ArrowLeft: () => step(-STEP),
  ArrowRight: () => step(STEP),
  Home: () => step(-Infinity),
  End: () => step(Infinity),
};

addEventListener("keydown", (event) => {
  const { target, key } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || !player) return;
  if (target instanceof HTMLSelectElement || (target instanceof HTMLInputElement && target.type !== "range")) return;
  if (target instanceof HTMLButtonElement && key === " ") return;
  const run = keys[key];
  if (!run) return;
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

frame();
void start();
