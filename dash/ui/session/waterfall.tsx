import type { JSX } from "preact";
import type { Band } from "../app/types";
import { Card } from "../parts/page";
import { number, signed } from "./numbers";
import { silent, type Step, stepsOf } from "./sum";
import type { Evidence } from "./types";

/** The sum behind the score, bar by bar. */
export function Waterfall({ evidence, band, onCheck }: { evidence: Evidence; band: Band; onCheck: (key: string) => void }): JSX.Element {
  const steps = stepsOf(evidence);
  const { cap_reason, policy_version } = evidence.assessment;
  const held = steps.some((s) => s.kind === "cap");
  const quiet = silent(evidence).map((c) => c.title.toLowerCase());
  return (
    <Card title="How the score came about" aside={<span class="soft num sum-policy">Policy {policy_version}</span>} class="score-sum">
      <ol class="waterfall" data-tone={band}>
        {steps.map((s, i) => (
          <Bar key={i} s={s} onCheck={onCheck} />
        ))}
      </ol>
      {held && cap_reason && <p class="sum-note">The limit: {cap_reason.replace(/[.]?$/, ".")}</p>}
      {quiet.length > 0 && <p class="sum-note">Detected without adding to the sum, as a stronger one of their kind counts: {quiet.join(", ")}.</p>}
      {steps.some((s) => s.provisional) && <p class="sum-note">Striped weights are provisional: chosen by judgement, not yet measured on recorded people.</p>}
    </Card>
  );
}

function Bar({ s, onCheck }: { s: Step; onCheck: (key: string) => void }): JSX.Element {
  const delta = Math.round(s.to) - Math.round(s.from);
  const whole = s.kind === "base" || s.kind === "total";
  const change = delta > 0 ? `+${delta}` : delta < 0 ? `−${-delta}` : s.adds < 0 ? "−<1" : "<1";
  const title = s.adds ? `${signed(s.adds)} log-odds: from ${number(s.from)} to ${number(s.to)} points` : undefined;
  return (
    <li class="sum-step" data-kind={s.kind} data-provisional={s.provisional || undefined} title={title}>
      <span class="step-label">
        {s.check ? (
          <button type="button" class="text-button" onClick={() => onCheck(s.check)}>
            {s.label}
          </button>
        ) : (
          s.label
        )}
      </span>
      <span class="step-delta num">{whole ? Math.round(s.to) : change}</span>
      <span class="step-track" style={{ "--end": s.to }} aria-hidden="true">
        <span class="step-bar" style={{ "--from": Math.min(s.from, s.to), "--to": Math.max(s.from, s.to) }} />
      </span>
    </li>
  );
}
