// A table of rows. Where there is no room, each row is a card, and every cell
// says what it is; in a compact one three cells share a line.

import type { ComponentChildren, JSX } from "preact";

export interface Column<T> {
  key: string;
  head: string;
  cell: (row: T) => ComponentChildren;
  /** Set to the right, digits under digits. */
  num?: boolean;
  /** The column heading is for screen readers. */
  bare?: boolean;
  /** Takes what the others leave; in a compact card a line of its own. */
  wide?: boolean;
}

export function Table<T>({ caption, columns, rows, rowKey, muted, compact = false }: { caption: string; columns: Column<T>[]; rows: T[]; rowKey: (row: T) => string | number; muted?: (row: T) => boolean; compact?: boolean }): JSX.Element {
  return (
    <table class={compact ? "table compact" : "table"}>
      <caption class="visually-hidden">{caption}</caption>
      <thead>
        <tr>
          {columns.map((c) => (
            <th key={c.key} scope="col" class={[c.num ? "right" : "", c.wide ? "grow" : ""].join(" ").trim() || undefined}>
              {c.bare ? <span class="visually-hidden">{c.head}</span> : c.head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((r) => (
          <tr key={rowKey(r)} class={muted?.(r) ? "muted" : undefined}>
            {columns.map((c) => (
              <td key={c.key} data-head={c.bare ? undefined : c.head} data-wide={c.wide || undefined} class={c.num ? "right num" : undefined}>
                {c.cell(r)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
