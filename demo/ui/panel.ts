// The panel "Your session, as Gait sees it": everything that changes in it but
// the list of checks and the waterfall, which draw themselves.

import { CheckList } from "./checks";
import { byId, el, setText } from "./dom";
import type { Assessment, Evidence } from "./types";
import { drawWaterfall } from "./waterfall";

type State = "waiting" | "live" | "complete" | "offline" | "absent";
type Band = "accept" | "monitor" | "review" | "reject" | "unknown";

/** What of the panel is the visitor's own doing. */
export interface View {
  scrolled: number;
  opened: string[]; // checks
}

const statusWord: Record<State, string> = {
  waiting: "Waiting",
  live: "Live",
  complete: "Complete",
  offline: "Unreachable",
  absent: "Not watching",
};

function bandOf(a: Assessment): Band {
  if (a.recommended_action === "Unknown") return "unknown";
  return a.score < 25 ? "accept" : a.score < 50 ? "monitor" : a.score < 70 ? "review" : "reject";
}

export class Panel {
  private root = byId("gait-panel");
  private checks = new CheckList(byId("gait-checks"), byId("gait-tally"), byId("gait-glance"));
  private scroller = document.querySelector(".dock-scroll") as HTMLElement;
  private drawn = false;
  private session = "";

  constructor() {
    this.foldable();
  }

  setSession(id: string): void {
    if (id === this.session) return;
    this.session = id;
    setText(byId("gait-session-id"), id);
    for (const slot of document.querySelectorAll('[data-fill="session"]')) setText(slot, id);
  }

  /** Nothing is stored of the session yet. */
  waiting(long: boolean): void {
    this.show("waiting");
    if (this.drawn) return; // what was seen stays
    this.say(
      "–",
      "Waiting for first events",
      long
        ? "Nothing has arrived so far. If you have moved and typed, something stops the page from sending: a content blocker, most likely."
        : "Move the pointer, type or scroll. The first verdict follows within a second or two.",
    );
  }

  /** The tracker did not start: there is no session to ask about. */
  absent(): void {
    this.show("absent");
    this.say(
      "–",
      "Nobody is watching",
      "The script /v1/rt.js did not start: a content blocker, most likely. The form works without it.",
    );
  }

  /** The server does not answer: what it last said stays. */
  offline(): void {
    this.show("offline");
    setText(
      byId("gait-notice"),
      this.drawn ? "The server cannot be reached. This is what it last said." : "The server cannot be reached. Trying again.",
    );
  }

  draw(e: Evidence): void {
    const a = e.assessment;
    const band = bandOf(a);
    this.show(e.status === "Complete" ? "complete" : "live");
    const action = band === "unknown" ? "Too early to say" : a.recommended_action;
    this.say(String(a.score), action, a.explanation);
    setText(byId("gait-masked"), String(a.masked_score));
    const before = this.root.dataset.band;
    this.root.dataset.band = band;
    this.root.dataset.score = String(a.score);
    this.root.style.setProperty("--score", String(a.score));
    this.root.style.setProperty("--masked", String(a.masked_score));
    if (before !== band) setText(byId("gait-announce"), `Score ${a.score} of 100. ${action}.`);

    setText(byId("gait-events"), e.events.toLocaleString("en"));
    setText(byId("gait-batches"), e.batches.toLocaleString("en"));
    setText(byId("gait-seconds"), String(Math.round(e.duration_ms / 1000)));
    setText(byId("gait-missing"), String(e.missing_batches));
    byId("gait-missing").parentElement?.toggleAttribute("data-warn", e.missing_batches > 0);

    drawWaterfall(byId("gait-waterfall"), byId("gait-footnote"), e);
    this.checks.draw(e.checks);
    this.facts(e);
    this.drawn = true;
  }

  view(): View {
    return { scrolled: this.scroller.scrollTop, opened: this.checks.opened() };
  }

  look(view: View): void {
    this.checks.open(view.opened);
    this.scroller.scrollTop = view.scrolled;
  }

  private facts(e: Evidence): void {
    const facts: [string, string][] = [
      ["Started", new Date(e.started_at).toLocaleTimeString()],
      ["Pages", String(e.pages)],
      ["Time zone", e.time_zone || "not told"],
      ["Policy", `version ${e.assessment.policy_version}`],
      ["Browser", e.user_agent || "not told"],
    ];
    byId("gait-facts").replaceChildren(...facts.map(([name, value]) => el("div", "", el("dt", "", name), el("dd", "", value))));
  }

  private say(score: string, action: string, explanation: string): void {
    setText(byId("gait-score"), score);
    setText(byId("gait-bar-score"), score);
    setText(byId("gait-action"), action);
    setText(byId("gait-bar-action"), action);
    const line = byId("gait-explanation");
    setText(line, explanation);
    line.title = explanation; // in full, where two lines are not enough
  }

  private show(state: State): void {
    if (this.root.dataset.state === state) return;
    this.root.dataset.state = state;
    setText(byId("gait-status"), statusWord[state]);
  }

  /** On small screens the panel is a bar that opens into a sheet. */
  private foldable(): void {
    const bar = byId("gait-bar");
    const open = (wanted: boolean): void => {
      this.root.dataset.open = String(wanted);
      bar.setAttribute("aria-expanded", String(wanted));
    };
    bar.addEventListener("click", () => open(this.root.dataset.open !== "true"));
    this.root.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || this.root.dataset.open !== "true") return;
      open(false);
      bar.focus();
    });
  }
}
