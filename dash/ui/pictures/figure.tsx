// The frame of a picture: its title, what is to be seen in it, and the same as a
// table for those who do not look.

import type { ComponentChildren, JSX } from "preact";
import { useId, useRef, useState } from "preact/hooks";
import { count } from "../app/format";
import { usePlayhead } from "./playhead";

export interface Table {
  head: string[];
  /** How many rows there are; they are asked for one by one. */
  n: number;
  row: (i: number) => string[];
  /** When it happened, in ms: makes the first cell lead there. */
  at?: (i: number) => number;
}

interface Props {
  title: string;
  /** What is to be seen here in this session. */
  says: string;
  table?: (() => Table) | undefined;
  /** Why there is nothing to be seen; replaces the picture. */
  empty?: string | false;
  legend?: ComponentChildren;
  tools?: ComponentChildren;
  class?: string;
  children?: ComponentChildren;
}

export function Figure({ title, says, table, empty, legend, tools, class: name, children }: Props): JSX.Element {
  const [asTable, setAsTable] = useState(false);
  const id = useId();
  return (
    <figure class={`picture ${name ?? ""}`} aria-labelledby={id}>
      <header class="picture-head">
        <h3 id={id}>{title}</h3>
        {!empty && tools}
        {table && !empty && (
          <button type="button" class="picture-toggle" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
            Table
          </button>
        )}
      </header>
      <figcaption class="picture-says">{says}</figcaption>
      {empty ? (
        <p class="picture-empty">{empty}</p>
      ) : asTable && table ? (
        <Rows title={title} table={table()} />
      ) : (
        <>
          {children}
          {legend && <div class="picture-legend">{legend}</div>}
        </>
      )}
    </figure>
  );
}

/** So many rows are shown at first, and so many more each time. */
const chunk = 100;

function Rows({ title, table }: { title: string; table: Table }): JSX.Element {
  const head = usePlayhead();
  const [shown, setShown] = useState(chunk);
  const n = Math.min(shown, table.n);
  const rows: JSX.Element[] = [];
  for (let i = 0; i < n; i++) {
    const cells = table.row(i);
    rows.push(
      <tr key={i}>
        {cells.map((cell, k) => (
          <td key={k}>
            {k === 0 && table.at ? (
              <button type="button" class="text-button" onClick={() => head.seek(table.at!(i))}>
                {cell}
              </button>
            ) : (
              cell
            )}
          </td>
        ))}
      </tr>,
    );
  }
  return (
    <div class="picture-table" role="region" aria-label={`${title}, as a table`} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {table.head.map((h) => (
              <th key={h} scope="col">
                {h}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{rows}</tbody>
      </table>
      {n < table.n && (
        <p class="picture-more">
          {count(n)} of {count(table.n)} rows.{" "}
          <button type="button" class="text-button" onClick={() => setShown(shown + chunk * 5)}>
            Show more
          </button>
        </p>
      )}
    </div>
  );
}

export interface TipHandle {
  /** Shows lines beside a place in the picture, or hides the tip. */
  show: (x: number, y: number, lines: string[]) => void;
  hide: () => void;
}

/** A tip beside the pointer. Its content is in the table, too, so it is for the eyes alone. */
export function useTip(): [TipHandle, JSX.Element] {
  const box = useRef<HTMLDivElement>(null);
  const handle = useRef<TipHandle>({
    show(x, y, lines) {
      const el = box.current;
      const host = el?.parentElement;
      if (!el || !host) return;
      const text = lines.join("\n");
      if (el.textContent !== text) el.textContent = text;
      el.dataset["on"] = "";
      const w = el.offsetWidth;
      const h = el.offsetHeight;
      const left = x + 14 + w > host.clientWidth ? Math.max(x - w - 14, 0) : x + 14;
      const top = y + 14 + h > host.clientHeight ? Math.max(y - h - 10, -h) : y + 14;
      el.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
    },
    hide() {
      if (box.current) delete box.current.dataset["on"];
    },
  });
  return [handle.current, <div class="picture-tip" ref={box} aria-hidden="true" />];
}

/** A swatch and its word. */
export function Key({ ink, shape = "bar", children }: { ink: string; shape?: "bar" | "dot" | "line" | "dash" | "tick" | "ring" | "diamond" | "wash"; children: ComponentChildren }): JSX.Element {
  return (
    <span class="ink-key">
      <i class={`ink-swatch ink-${shape}`} style={{ "--ink": `var(${ink})` }} aria-hidden="true" />
      {children}
    </span>
  );
}
