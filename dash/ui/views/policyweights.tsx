// A slider for each check, in the groups of which only the strongest counts.

import type { JSX } from "preact";
import { capital } from "../app/format";
import type { Policy, PolicyWeight } from "../app/types";
import { Badge } from "../parts/badge";
import { Button } from "../parts/button";
import { Card } from "../parts/page";
import { Help } from "../parts/tooltip";
import type { Draft } from "./policy";

/** The slider's end, in log-odds: from a base of 10 that alone is a score of 98. The number beside it goes to 10. */
const end = 6;
const most = 10;

/** The most that one check takes off where it says Not detected, in log-odds. */
const mostOff = 0.3;

/** The score that a weight alone makes of the base, without caps. */
export function alone(base: number, weight: number): number {
  const b = base > 0 && base < 1 ? Math.log(base / (1 - base)) : base;
  return Math.round(100 / (1 + Math.exp(-(b + weight))));
}

export function Weights({ p, draft, set, disabled }: { p: Policy; draft: Draft; set: (d: Draft) => void; disabled: boolean }): JSX.Element {
  const groups = new Map<string, PolicyWeight[]>();
  for (const w of p.weights) groups.set(w.group, [...(groups.get(w.group) ?? []), w]);
  const change = (key: string, part: Partial<Draft["weights"][string]>): void => {
    const was = draft.weights[key] ?? { detected: 0, not_detected: 0 };
    set({ ...draft, weights: { ...draft.weights, [key]: { ...was, ...part } } });
  };
  return (
    <Card
      class="weights-card"
      title={
        <>
          Weights{" "}
          <Help
            label="What is a weight?"
            text="What a check adds to the log-odds when it says Detected; beside it the score that this alone would make of a new session, before caps. Checks of a group see the same thing, so only the strongest of them counts. Last, what it takes off when it looked and found nothing: at most 0.3 each, and 1.0 for all together, as a machine can be careful, too."
          />
        </>
      }
      aside={<span class="soft weights-note">Striped: provisional, not yet measured on people</span>}
    >
      <p class="weight weight-heads soft" aria-hidden="true">
        <span>Check</span>
        <span />
        <span>Detected adds</span>
        <span>Alone</span>
        <span>Not detected takes off</span>
        <span />
      </p>
      {[...groups].map(([group, list]) => (
        <fieldset key={group} class="weights" disabled={disabled}>
          <legend>{capital(group)}</legend>
          {list.map((w) => (
            <Weight key={w.key} w={w} base={p.base} now={draft.weights[w.key] ?? { detected: w.detected, not_detected: w.not_detected }} change={(part) => change(w.key, part)} />
          ))}
        </fieldset>
      ))}
    </Card>
  );
}

interface WeightProps {
  w: PolicyWeight;
  base: number;
  now: { detected: number; not_detected: number };
  change: (part: Partial<{ detected: number; not_detected: number }>) => void;
}

const round = (n: number): number => Math.round(n * 100) / 100;

function Weight({ w, base, now, change }: WeightProps): JSX.Element {
  const changed = round(now.detected) !== round(w.detected) || round(now.not_detected) !== round(w.not_detected);
  const standard = round(now.detected) === round(w.default_detected) && round(now.not_detected) === round(w.default_not_detected);
  const off = round(-now.not_detected) || 0;
  const id = `weight-${w.key}`;
  return (
    <div class="weight" data-changed={changed || undefined} data-provisional={!w.measured || undefined}>
      <label for={id} class="weight-name">
        <span>{w.title}</span>
        {w.fact ? <Badge tone="monitor">Fact</Badge> : null}
        {w.measured ? null : <span class="visually-hidden">, provisional</span>}
      </label>
      <span class="weight-slide">
        <input
          id={id}
          type="range"
          min={0}
          max={end}
          step={0.05}
          value={Math.min(end, now.detected)}
          aria-valuetext={`${now.detected.toFixed(2)}, alone a score of ${alone(base, now.detected)}`}
          style={{ "--at": Math.min(end, now.detected) / end }}
          onInput={(e) => change({ detected: round(e.currentTarget.valueAsNumber) })}
        />
        <span class="weight-default" style={{ "--at": Math.min(end, w.default_detected) / end }} title={`Built in: ${w.default_detected.toFixed(2)}`} />
      </span>
      <input
        class="input num weight-number"
        type="number"
        min={0}
        max={most}
        step={0.05}
        aria-label={`Weight of ${w.title}, exactly`}
        value={now.detected.toFixed(2)}
        onChange={(e) => {
          const v = e.currentTarget.valueAsNumber;
          if (v >= 0 && v <= most) change({ detected: v });
          else e.currentTarget.value = now.detected.toFixed(2);
        }}
      />
      <span class="weight-alone num">
        <span class="soft">alone </span>
        {alone(base, now.detected)}
      </span>
      <label class="weight-off">
        <span class="soft">takes off</span>
        <input
          class="input num"
          type="number"
          min={0}
          max={mostOff}
          step={0.05}
          aria-label={`What ${w.title} takes off when it says Not detected`}
          value={off.toFixed(2)}
          onChange={(e) => {
            const v = e.currentTarget.valueAsNumber;
            if (v >= 0 && v <= mostOff) change({ not_detected: v ? -v : 0 });
            else e.currentTarget.value = off.toFixed(2);
          }}
        />
      </label>
      <span class="weight-back">
        {standard ? null : (
          <Button small kind="quiet" icon="history" aria-label={`${w.title}: back to the built-in weights`} title={`Built in: ${w.default_detected.toFixed(2)}, and ${(-w.default_not_detected).toFixed(2)} off`} onClick={() => change({ detected: w.default_detected, not_detected: w.default_not_detected })} />
        )}
      </span>
    </div>
  );
}
