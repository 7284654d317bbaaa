// One card, in a shadow root, drawn without markup from strings and without a style
// attribute, so that it works under any policy.

import type { State } from "./state";
import { sheet, widthSheet } from "./style";

const SVG = "http://www.w3.org/2000/svg";

const TEXTS: Record<State, [title: string, text: string]> = {
  loading: ["Gait", "Connecting …"],
  pass: ["Gait", "Protection is active"],
  fail: ["Gait", "Protection is not active"],
};
const PATHS: Record<State, string> = {
  loading: "M12 3a9 9 0 0 1 9 9",
  pass: "M4 12.5l5.5 5.5L20 6.5",
  fail: "M5 5l14 14M19 5L5 19",
};

function element(name: string, className: string, ...children: (Node | string)[]): HTMLElement {
  const made = document.createElement(name);
  made.className = className;
  made.append(...children);
  return made;
}

export class Card {
  private state: State | undefined;
  private width: string | undefined;
  private readonly root: ShadowRoot;
  private readonly path = document.createElementNS(SVG, "path");
  private readonly title = element("b", "");
  private readonly text = element("span", "");
  private readonly card: HTMLElement;

  constructor(private readonly host: Element) {
    this.root = host.attachShadow({ mode: "open" });
    const icon = document.createElementNS(SVG, "svg");
    icon.setAttribute("viewBox", "0 0 24 24");
    icon.setAttribute("aria-hidden", "true");
    icon.append(this.path);
    const bar = element("i", "");
    bar.setAttribute("aria-hidden", "true");
    const words = element("p", "", this.title, " ", this.text);
    words.setAttribute("role", "status");
    this.card = element("div", "card", icon, words, bar);
    this.root.append(this.card);
  }

  show(state: State): void {
    if (this.state === state) return;
    this.state = state;
    this.card.className = `card ${state}`;
    this.path.setAttribute("d", PATHS[state]);
    [this.title.textContent, this.text.textContent] = TEXTS[state];
  }

  resize(): void {
    const width = this.host.getAttribute("width") ?? "";
    if (this.width === width) return;
    this.width = width;
    // Browsers that cannot do this show the words alone.
    if (this.root.adoptedStyleSheets) this.root.adoptedStyleSheets = [sheet(), widthSheet(width)];
  }
}
