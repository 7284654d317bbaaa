// Words that come and go, and words that only a screen reader hears.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Icon } from "./icon";

interface Note {
  id: number;
  text: string;
  bad: boolean;
}

let notes: Note[] = [];
let said = "";
let next = 1;
let changed: (() => void) | undefined;

/** How long a note stays, in ms: long enough to read twice. */
const stay = 6000;

/** Says at the edge of the window what was done, or that it was not. */
export function toast(text: string, bad = false): void {
  const id = next++;
  notes = [...notes.slice(-2), { id, text, bad }];
  changed?.();
  setTimeout(() => dismiss(id), stay);
}

function dismiss(id: number): void {
  notes = notes.filter((n) => n.id !== id);
  changed?.();
}

/** Tells a screen reader, politely. */
export function announce(text: string): void {
  said = text === said ? `${text}\u00a0` : text;
  changed?.();
}

/** Stands once in the document. */
export function Toasts(): JSX.Element {
  const [, draw] = useState(0);
  useEffect(() => {
    changed = () => draw((n) => n + 1);
    return () => (changed = undefined);
  }, []);
  return (
    <>
      <div class="visually-hidden" role="status" aria-live="polite">
        {said}
      </div>
      <div class="toasts" role="region" aria-label="Messages">
        {notes.map((n) => (
          <div class="toast" key={n.id} role={n.bad ? "alert" : "status"}>
            <Icon name={n.bad ? "alert" : "check"} />
            <span>{n.text}</span>
            <button type="button" class="button quiet small only" aria-label="Dismiss" onClick={() => dismiss(n.id)}>
              <Icon name="close" size={12} />
            </button>
          </div>
        ))}
      </div>
    </>
  );
}
