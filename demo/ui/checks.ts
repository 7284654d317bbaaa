// The list of checks. Rows are made once and changed in place: they keep their
// height, their place and whether they are open.

import { el, flash, icon, number, setText, svg } from "./dom";
import type { Check, Measure, Moment, Verdict } from "./types";

type Area = "Behaviour" | "Device" | "Network";

const areaOf = (c: Check): Area =>
  c.group === "environment" ? "Device" : c.group === "network" ? "Network" : "Behaviour";

const iconOf = (c: Check): string =>
  c.verdict === "Detected" ? (c.fact ? "fact" : "detected") : c.verdict === "Not detected" ? "clear" : "unknown";

interface Row {
  root: HTMLDetailsElement;
  title: HTMLElement;
  mark: HTMLElement;
  line: HTMLElement;
  word: HTMLElement;
  detail: HTMLElement;
  jump: HTMLElement; // its place in the row of icons above the list
  seen: string; // the answer as it was last drawn
}

export class CheckList {
  private rows = new Map<string, Row>();
  private areas = new Map<Area, HTMLElement>();

  constructor(
    private host: HTMLElement,
    private tally: HTMLElement,
    private glance: HTMLElement,
  ) {}

  draw(checks: Record<string, Check>): void {
    const first = this.rows.size === 0;
    if (first) {
      this.host.replaceChildren();
      this.glance.replaceChildren();
    }
    const count: Record<Verdict, number> = { Detected: 0, "Not detected": 0, Unknown: 0 };
    for (const [key, check] of Object.entries(checks)) {
      count[check.verdict]++;
      let row = this.rows.get(key);
      if (!row) {
        row = newRow(key);
        this.rows.set(key, row);
        this.area(areaOf(check)).append(row.root);
        this.glance.append(row.jump);
      }
      const turned = !first && row.root.dataset.verdict !== check.verdict;
      update(row, check);
      if (turned) {
        flash(row.root);
        flash(row.jump);
      }
    }
    this.host.removeAttribute("aria-busy");
    setText(this.tally, `${count.Detected} detected, ${count["Not detected"]} not, ${count.Unknown} unknown`);
  }

  opened(): string[] {
    return [...this.rows].filter(([, row]) => row.root.open).map(([key]) => key);
  }

  open(keys: string[]): void {
    for (const key of keys) this.rows.get(key)?.root.setAttribute("open", "");
  }

  private area(name: Area): HTMLElement {
    let list = this.areas.get(name);
    if (!list) {
      list = el("div", "rows");
      this.areas.set(name, list);
      // Behaviour, device, network: the order of first mention is the contract's.
      this.host.append(el("h4", "", name), list);
    }
    return list;
  }
}

function newRow(key: string): Row {
  const mark = el("span", "mark-icon");
  const title = el("span", "check-title");
  const line = el("span", "check-line");
  const word = el("span", "check-word");
  const detail = el("div", "check-detail");
  const root = el("details", "check", el("summary", "", mark, title, word, icon("chevron", 16), line), detail) as HTMLDetailsElement;
  root.dataset.check = key;
  // A shortcut for the mouse: whoever uses the keyboard or a screen reader has the list itself.
  const jump = el("button", "jump");
  jump.tabIndex = -1;
  jump.addEventListener("click", () => {
    root.open = true;
    root.querySelector("summary")?.focus();
    root.scrollIntoView({ block: "nearest" });
  });
  return { root, mark, title, line, word, detail, jump, seen: "" };
}

function update(row: Row, c: Check): void {
  const now = JSON.stringify(c);
  if (now === row.seen) return;
  row.seen = now;
  row.root.dataset.verdict = c.verdict;
  row.root.dataset.group = c.group;
  row.root.toggleAttribute("data-fact", c.fact);
  row.mark.replaceChildren(icon(iconOf(c), 20));
  row.jump.replaceChildren(icon(iconOf(c), 18));
  row.jump.title = `${c.title}: ${c.verdict}`;
  row.jump.dataset.verdict = c.verdict;
  row.jump.toggleAttribute("data-fact", c.fact);
  setText(row.title, c.title);
  setText(row.word, c.verdict);
  setText(row.line, (c.verdict === "Unknown" ? c.reason : c.summary) || "No more to say yet.");
  row.detail.replaceChildren(...detail(c));
}

function* detail(c: Check): Generator<HTMLElement> {
  const measures = c.measures ?? [];
  if (measures.length) {
    const table = el("table", "measures", el("caption", "visually-hidden", `Numbers behind ${c.title}`));
    for (const m of measures) table.append(measureRow(m));
    yield table;
  }
  const facts: string[] = [];
  if (c.samples > 0) facts.push(c.samples === 1 ? "1 sample" : `${c.samples} samples`);
  if (c.first) facts.push(`first seen ${moment(c.first)}`);
  if (c.best && c.best.t_ms !== c.first?.t_ms) facts.push(`clearest ${moment(c.best)}`);
  if (facts.length) yield el("p", "", capital(`${facts.join(", ")}.`));
  if (c.fact && c.verdict === "Detected") yield el("p", "", "States what happened and accuses nobody: people do it, too.");
  const { weight, applied, measured, note } = c.contribution;
  if (weight !== 0) {
    const counted = applied === weight ? "" : `, ${signed(applied)} counted${note ? ` (${note})` : ""}`;
    yield el("p", "", `Weight ${signed(weight)} log-odds${counted}. `, measured ? "" : el("span", "chip", "provisional"));
  }
  if (c.verdict === "Unknown" && !measures.length && c.samples === 0) yield el("p", "", "Adds nothing to the score.");
}

function measureRow(m: Measure): HTMLElement {
  const unit = m.unit ? ` ${m.unit}` : "";
  return el(
    "tr",
    "",
    asHeader(capital(m.name.replaceAll("_", " "))),
    el("td", "measure-picture", m.fires ? picture(m) : ""),
    el("td", "measure-value", number(m.value) + unit),
    el("td", "measure-rule", m.fires ? `fires at ${sign(m.fires)} ${number(m.threshold)}` : "context"),
  );
}

function asHeader(text: string): HTMLElement {
  const made = el("th", "", text);
  made.setAttribute("scope", "row");
  return made;
}

/** The value as a bar and the threshold as a tick, on one scale. */
function picture(m: Measure): SVGElement {
  const width = 56;
  const scale = Math.max(Math.abs(m.value), Math.abs(m.threshold)) * 1.2 || 1;
  const at = (v: number): number => Math.round((Math.abs(v) / scale) * width * 10) / 10;
  const drawn = svg("svg", { width, height: 12, "aria-hidden": "true", class: fires(m) ? "fires" : "" });
  drawn.append(
    svg("rect", { class: "rail", x: 0, y: 4, width, height: 4, rx: 2 }),
    svg("rect", { class: "value", x: 0, y: 4, width: Math.max(at(m.value), 2), height: 4, rx: 2 }),
    svg("rect", { class: "limit", x: at(m.threshold) - 0.75, y: 0, width: 1.5, height: 12 }),
  );
  return drawn;
}

function fires(m: Measure): boolean {
  switch (m.fires) {
    case "<":
      return m.value < m.threshold;
    case "<=":
      return m.value <= m.threshold;
    case ">":
      return m.value > m.threshold;
    default:
      return m.value >= m.threshold;
  }
}

const sign = (fires: string): string => fires.replace("<=", "≤").replace(">=", "≥");
const signed = (v: number): string => (v < 0 ? `−${number(-v)}` : `+${number(v)}`);
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const moment = (m: Moment): string => `${(m.t_ms / 1000).toFixed(1)} s in`;
