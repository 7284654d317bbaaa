// A moment in the viewer's zone; the exact one on hover.

import type { JSX } from "preact";
import { ago, exact, moment, when } from "../app/format";

type When = string | number | null | undefined;

function iso(at: When): string | undefined {
  const ms = moment(at);
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}

export function Time({ at, relative = false }: { at: When; relative?: boolean }): JSX.Element {
  return (
    <time class="num" dateTime={iso(at)} title={exact(at) || undefined}>
      {relative ? ago(at) : when(at)}
    </time>
  );
}
