// A button with something that opens beneath it. Escape and a click elsewhere
// close it; the focus goes back to the button.

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { Icon, type IconName } from "./icon";

interface PopoverProps {
  label: ComponentChildren;
  name: string;
  icon?: IconName;
  caret?: boolean;
  class?: string;
  align?: "left" | "right";
  children: (close: () => void) => ComponentChildren;
}

/** Space that is left between what opens and the window's edges, in px. */
const margin = 8;

/** Moves what opened sideways, as far as it is beyond the window. */
function keepInView(e: HTMLElement): void {
  const { left, right } = e.getBoundingClientRect();
  const by = Math.max(margin - left, Math.min(0, document.documentElement.clientWidth - margin - right));
  if (by) e.style.transform = `translateX(${by}px)`;
}

export function Popover({ label, name, icon, caret = true, class: extra = "button plain", align = "left", children }: PopoverProps): JSX.Element {
  const [open, set] = useState(false);
  const id = useId();
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const close = (): void => {
    set(false);
    button.current?.focus();
  };

  useEffect(() => {
    if (!open) return;
    const inner = root.current?.querySelector<HTMLElement>(".popover");
    const target = inner?.querySelector<HTMLElement>("[autofocus], input:not([type=hidden]), select, button, a");
    if (inner) keepInView(inner);
    target?.focus();
    const outside = (e: Event): void => {
      if (!root.current?.contains(e.target as Node)) set(false);
    };
    const key = (e: KeyboardEvent): void => {
      if (e.key === "Escape") {
        e.stopPropagation();
        close();
      }
    };
    document.addEventListener("pointerdown", outside);
    document.addEventListener("focusin", outside);
    root.current?.addEventListener("keydown", key);
    const at = root.current;
    return () => {
      document.removeEventListener("pointerdown", outside);
      document.removeEventListener("focusin", outside);
      at?.removeEventListener("keydown", key);
    };
  }, [open]);

  return (
    <div class="popover-root" ref={root}>
      <button type="button" ref={button} class={extra} aria-haspopup="dialog" aria-expanded={open} aria-controls={open ? id : undefined} onClick={() => set(!open)}>
        {icon ? <Icon name={icon} /> : null}
        {label}
        {caret ? <Icon name="down" size={12} /> : null}
      </button>
      {open ? (
        <div class={align === "right" ? "popover at-right" : "popover"} id={id} role="dialog" aria-label={name}>
          {children(close)}
        </div>
      ) : null}
    </div>
  );
}
