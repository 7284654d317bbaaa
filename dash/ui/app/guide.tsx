// The first visit, in at most five small steps: one for the demo, one for an
// owner's first days. Gone for good when closed.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Button } from "../parts/button";
import { useMay, useSigned } from "./account";
import { get } from "./api";
import { go, link, usePlace } from "./router";
import { recall, remember } from "./theme";
import type { List, SessionRow } from "./types";

interface Step {
  title: string;
  text: string;
  /** What the way there is called. */
  open: string;
  /** Where it is shown: a view, or with newest the latest session that scores so much. */
  path: string;
  newest?: number;
}

const demo: Step[] = [
  { title: "Leave a trace", text: "Fill in the demo's form yourself, in a tab beside this one. What you do there shows up here while you do it.", open: "Open the form", path: "/demo/signup" },
  { title: "See who came", text: "How many machines there were, and how sure that is. Every number leads to its sessions.", open: "Overview", path: "/" },
  { title: "Find yourself", text: "Live sessions say so. Yours is on top, once you have been at the form; j and Enter open it.", open: "Sessions", path: "/sessions" },
  { title: "Follow the score", text: "This one was a machine. Press what counted most, and you are at the moment that gave it away.", open: "A machine", path: "/sessions/", newest: 70 },
  { title: "Decide yourself", text: "Change what a check weighs, and see whose verdict would flip before you save.", open: "Policy", path: "/policy" },
];

const start: Step[] = [
  { title: "Put the script into a page", text: "Copy the tag: your site key is in it already. Then have a page of yours checked, on this view.", open: "Install", path: "/install" },
  { title: "See the first visit", text: "Open that page and use it. The visit is listed here within seconds, and grows while you go on.", open: "Sessions", path: "/sessions" },
  { title: "Follow the score", text: "Every point leads to the check that gave it, and to the moment it was seen.", open: "The newest session", path: "/sessions/", newest: 0 },
  { title: "Decide what counts", text: "Where review and reject begin, and what each check weighs. You see whose verdict would change before you save.", open: "Policy", path: "/policy" },
  { title: "Bring in the others", text: "Invite them by a link: to look, to label, or to decide.", open: "Members", path: "/members" },
];

/** How long after its making an account counts as new, in ms. */
const firstDays = 14 * 86_400_000;

export function Guide(): JSX.Element | null {
  const { state, account } = useSigned();
  const owner = useMay("owner");
  if (state.demo) return <Steps steps={demo} name="gait.guide" />;
  return owner && Date.now() - Date.parse(account.created_at) < firstDays ? <Steps steps={start} name="gait.guide.start" /> : null;
}

function Steps({ steps, name }: { steps: Step[]; name: string }): JSX.Element | null {
  const place = usePlace();
  const [at, set] = useState(() => {
    const kept = recall(name);
    return kept === "done" ? -1 : Math.min(Number(kept) || 0, steps.length - 1);
  });
  const step = steps[at];
  if (!step) return null;
  const move = (to: number): void => {
    remember(name, to < 0 ? "done" : String(to));
    set(to);
  };
  const show = async (s: Step | undefined): Promise<void> => {
    if (!s) return;
    if (s.newest === undefined) return go(link(s.path));
    const found = await get<List<SessionRow>>("/sessions", { query: { min: s.newest || "", limit: 1 } }).catch(() => undefined);
    const id = found?.items?.[0]?.id;
    go(id ? link(`/sessions/${id}`) : link("/sessions"));
  };
  const outside = step.path.startsWith("/demo/");
  const here = step.newest === undefined ? place.path === step.path : place.path.startsWith(step.path) && place.path !== step.path;
  const next = steps[at + 1];
  const forth = (): void => {
    move(next ? at + 1 : -1);
    void show(next);
  };
  return (
    <section class="guide" aria-label="A first look">
      <p class="guide-step num">
        {at + 1} of {steps.length}
      </p>
      <p class="guide-text">
        <strong>{step.title}.</strong> {step.text}
      </p>
      <div class="guide-actions">
        {outside ? (
          <a class="button primary small" href={step.path} target="_blank" onClick={forth}>
            {step.open}
          </a>
        ) : here ? null : (
          <Button small onClick={() => void show(step)}>
            {step.open}
          </Button>
        )}
        {at > 0 ? <Button small kind="quiet" icon="left" aria-label="Step before" onClick={() => move(at - 1)} /> : null}
        <Button small kind={outside ? "plain" : "primary"} onClick={forth}>
          {next ? (outside ? "Skip" : `Next: ${next.open.toLowerCase()}`) : "Done"}
        </Button>
      </div>
      <span class="guide-close">
        <Button small kind="quiet" icon="close" aria-label="Close the guide" onClick={() => move(-1)} />
      </span>
    </section>
  );
}
