// Signs on the tools that move through a session.

import type { JSX } from "preact";

const glyphs = {
  play: "M6 4.2v11.6L15.6 10z",
  pause: "M6 4.5h2.8v11H6zM11.2 4.5H14v11h-2.8z",
  before: "M10.5 4.5 5 10l5.5 5.5M15.5 7.2 12.7 10l2.8 2.8 2.8-2.8z",
  next: "m9.5 4.5 5.5 5.5-5.5 5.5M4.5 7.2 1.7 10l2.8 2.8L7.3 10z",
  in: "M10 5v10M5 10h10",
  out: "M5 10h10",
} as const;

export function Glyph({ name }: { name: keyof typeof glyphs }): JSX.Element {
  const solid = name === "play" || name === "pause";
  return (
    <svg class={solid ? "glyph solid" : "glyph"} viewBox="0 0 20 20" width="18" height="18" aria-hidden="true">
      <path d={glyphs[name]} />
    </svg>
  );
}
