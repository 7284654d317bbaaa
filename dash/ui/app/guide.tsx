// The first visit to the demo: five small steps, gone for good when closed.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Button, LinkButton } from "../parts/button";
import { useSigned } from "./account";
import { link } from "./router";
import { recall, remember } from "./theme";

const key = "gait.guide";

const steps: { title: string; text: string; href: string; open: string }[] = [
  { title: "Leave a trace", text: "Fill in the demo's form yourself. What you do there shows up here while you do it.", href: "/demo/signup", open: "Open the form" },
  { title: "See who came", text: "The overview says how many machines there were, and how sure that is.", href: link("/"), open: "Overview" },
  { title: "Find yourself", text: "Your session is on top of the list. Open it with Enter.", href: link("/sessions"), open: "Sessions" },
  { title: "Follow the score", text: "In a session every point of the score leads to the moment that gave it. Compare yourself with a machine.", href: link("/sessions", { min: 70 }), open: "Machines" },
  { title: "Decide yourself", text: "Change what a check weighs, and see whose verdict would flip before you save.", href: link("/policy"), open: "Policy" },
];

export function Guide(): JSX.Element | null {
  const { state } = useSigned();
  const [at, set] = useState(() => {
    const kept = recall(key);
    return kept === "done" ? -1 : Math.min(Number(kept) || 0, steps.length - 1);
  });
  const step = steps[at];
  if (!state.demo || !step) return null;
  const move = (to: number): void => {
    remember(key, to < 0 ? "done" : String(to));
    set(to);
  };
  const last = at === steps.length - 1;
  return (
    <section class="guide" aria-label="A first look">
      <p class="guide-step num">
        {at + 1} of {steps.length}
      </p>
      <p class="guide-text">
        <strong>{step.title}.</strong> {step.text}
      </p>
      <div class="guide-actions">
        <LinkButton small href={step.href} {...(step.href.startsWith("/demo") ? { target: "_blank" } : {})}>
          {step.open}
        </LinkButton>
        {at > 0 ? <Button small kind="quiet" icon="left" aria-label="Step before" onClick={() => move(at - 1)} /> : null}
        <Button small kind="primary" onClick={() => move(last ? -1 : at + 1)}>
          {last ? "Done" : "Next"}
        </Button>
        <Button small kind="quiet" icon="close" aria-label="Close the guide" onClick={() => move(-1)} />
      </div>
    </section>
  );
}
