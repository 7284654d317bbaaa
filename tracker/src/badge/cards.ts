// The cards in the page: found, filled, and forgotten once they are gone.

import { Card } from "./card";
import type { State } from "./state";

export class Cards {
  // A host keeps its shadow root for good, also while it is out of the page.
  private readonly made = new WeakMap<Element, Card | undefined>();
  private shown: Card[] = [];
  private state: State = "loading";
  private readonly hosts = document.getElementsByClassName("roundtable-badge");

  fill(): void {
    const present: Card[] = [];
    for (const host of this.hosts) {
      const card = this.cardOf(host);
      if (!card) continue;
      card.show(this.state);
      card.resize();
      present.push(card);
    }
    this.shown = present;
  }

  show(state: State): void {
    this.state = state;
    for (const card of this.shown) card.show(state);
  }

  private cardOf(host: Element): Card | undefined {
    if (!this.made.has(host)) {
      let card: Card | undefined;
      try {
        card = new Card(host);
      } catch {
        // It has a shadow root of its own, or can have none.
      }
      this.made.set(host, card);
    }
    return this.made.get(host);
  }
}
