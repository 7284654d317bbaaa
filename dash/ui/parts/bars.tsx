// What there is most of: names with bars, each a link to its sessions.

import type { ComponentChildren, JSX } from "preact";
import { count, percent } from "../app/format";
import { Empty } from "./states";

export interface Bar {
  key: string;
  name: ComponentChildren;
  title?: string;
  sessions: number;
  /** Of the sessions, those scored 50 or more; undefined where it is not known. */
  suspect?: number;
  /** Sessions in the period before. */
  before?: number;
  href: string;
}

export function BarList({ label, bars, empty }: { label: string; bars: Bar[]; empty: string }): JSX.Element {
  if (!bars.length) {
    return (
      <div class="bars-none">
        <Empty title={empty} />
      </div>
    );
  }
  const most = Math.max(...bars.map((b) => b.sessions));
  const suspects = bars.some((b) => b.suspect !== undefined);
  const before = bars.some((b) => b.before !== undefined);
  const columns = 1 + (suspects ? 1 : 0) + (before ? 1 : 0);
  return (
    <ol class="bars" aria-label={label} data-columns={columns}>
      <li class="bars-head soft" aria-hidden="true">
        <span />
        {suspects ? <span>Score 50+</span> : null}
        <span>Sessions</span>
        {before ? <span>Change</span> : null}
      </li>
      {bars.map((b) => (
        <li key={b.key}>
          <a class="bar" href={b.href} title={b.title}>
            <span class="bar-name">
              <span class="bar-fill" style={{ width: `${(b.sessions / most) * 100}%` }}>
                {b.suspect ? <span class="bar-suspect" style={{ width: `${(b.suspect / b.sessions) * 100}%` }} /> : null}
              </span>
              <span class="bar-text">{b.name}</span>
            </span>
            {suspects ? (
              <span class={`num bar-share${b.suspect ? "" : " soft"}`}>
                {b.suspect === undefined ? "" : percent(b.sessions ? b.suspect / b.sessions : 0)}
                <span class="visually-hidden"> scored 50 or more</span>
              </span>
            ) : null}
            <span class="num bar-count">
              {count(b.sessions)}
              <span class="visually-hidden"> sessions</span>
            </span>
            {before ? (
              <span class="num bar-before soft" title={b.before === undefined ? "" : `${count(b.before)} in the period before; ≈ is no more than chance`}>
                {b.before === undefined ? "" : difference(b.sessions, b.before)}
                <span class="visually-hidden"> against the period before</span>
              </span>
            ) : null}
          </a>
        </li>
      ))}
    </ol>
  );
}

/** How a count changed: nothing is said where chance alone would do as much. */
export function difference(now: number, before: number): string {
  if (now === before) return "=";
  if (before === 0) return "new";
  if (Math.abs(now - before) <= 1.96 * Math.sqrt(now + before)) return "≈";
  const p = Math.round(((now - before) / before) * 100);
  if (p > 999) return `×${Math.round(now / before)}`;
  return p > 0 ? `+${p} %` : `−${-p} %`;
}
