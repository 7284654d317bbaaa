// Small words with a colour, and always a shape beside it.

import type { ComponentChildren, JSX } from "preact";
import type { Band, Bands } from "../app/types";
import { Icon, type IconName } from "./icon";

export type Tone = Band | "accent";

/** The bands from the lowest score to the highest, with their names. */
export const bands: readonly Exclude<Band, "unknown">[] = ["accept", "monitor", "review", "reject"];

export const bandName: Record<Band, string> = {
  accept: "Accept",
  monitor: "Monitor",
  review: "Review",
  reject: "Reject",
  unknown: "Unknown",
};

/** The band of a score by the policy's limits. */
export function bandOf(score: number, b: Bands): Exclude<Band, "unknown"> {
  return score >= b.reject ? "reject" : score >= b.review ? "review" : score >= b.monitor ? "monitor" : "accept";
}

export function Badge({ tone = "unknown", icon, children, title }: { tone?: Tone; icon?: IconName; children: ComponentChildren; title?: string }): JSX.Element {
  return (
    <span class="badge" data-tone={tone} title={title}>
      {icon ? <Icon name={icon} size={12} /> : null}
      {children}
    </span>
  );
}

export function BandBadge({ band }: { band: Band }): JSX.Element {
  return (
    <Badge tone={band} icon={band}>
      {bandName[band]}
    </Badge>
  );
}

/** The number with its band's shape; the band's name for those who do not see it. */
export function ScoreBadge({ score, band }: { score: number; band: Band }): JSX.Element {
  return (
    <span class="score-badge num" data-tone={band} title={`${bandName[band]}: score ${score} of 100`}>
      <Icon name={band} size={13} />
      <span>{score}</span>
      <span class="visually-hidden">{bandName[band]}</span>
    </span>
  );
}
