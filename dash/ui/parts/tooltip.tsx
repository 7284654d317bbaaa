// A sentence more about what is pointed at or focused.

import { cloneElement, type JSX, type VNode } from "preact";
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";

/** The child is one element that can take the focus. Escape hides the tooltip. */
export function Tooltip({ text, children }: { text: string; children: VNode<Record<string, unknown>> }): JSX.Element {
  const [at, show] = useState<DOMRect | null>(null);
  const id = useId();
  const box = useRef<HTMLSpanElement>(null);

  useLayoutEffect(() => {
    const el = box.current;
    if (!el || !at) return;
    const w = el.offsetWidth;
    const left = Math.min(Math.max(8, at.left + at.width / 2 - w / 2), innerWidth - w - 8);
    const above = at.top - el.offsetHeight - 6;
    el.style.left = `${left}px`;
    el.style.top = `${above > 4 ? above : at.bottom + 6}px`;
  }, [at]);

  const open = (e: Event): void => show((e.currentTarget as Element).getBoundingClientRect());
  const shut = (): void => show(null);
  return (
    <>
      {cloneElement(children, {
        "aria-describedby": at ? id : undefined,
        onMouseEnter: open,
        onMouseLeave: shut,
        onFocus: open,
        onBlur: shut,
        onKeyDown: (e: KeyboardEvent) => e.key === "Escape" && shut(),
      })}
      {at ? (
        <span class="tooltip" role="tooltip" id={id} ref={box}>
          {text}
        </span>
      ) : null}
    </>
  );
}

/** A question mark that explains. */
export function Help({ text, label = "What is this?" }: { text: string; label?: string }): JSX.Element {
  return (
    <Tooltip text={text}>
      <button type="button" class="help" aria-label={label}>
        ?
      </button>
    </Tooltip>
  );
}
