// badge.js: fills every <div class="roundtable-badge" width="300px"> with a card that
// shows whether tracking works on this page. It knows nothing of any score.

import { Cards } from "./cards";
import { watch } from "./state";

const ONCE = Symbol.for("gait.badge");

function start(): void {
  const cards = new Cards();
  watch((state) => cards.show(state));
  cards.fill();
  // Pages draw and redraw themselves.
  new MutationObserver(() => cards.fill()).observe(document, { childList: true, subtree: true, attributeFilter: ["class", "width"] });
  addEventListener("pageshow", () => cards.fill());
}

try {
  if (!(ONCE in window)) {
    Object.defineProperty(window, ONCE, { value: true });
    start();
  }
} catch (error) {
  console.debug("gait", error);
}
