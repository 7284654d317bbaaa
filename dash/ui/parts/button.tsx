// What can be pressed.

import type { ComponentChildren, JSX, Ref } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { announce } from "./toast";
import { Icon, type IconName } from "./icon";

export type ButtonKind = "primary" | "plain" | "quiet" | "danger";

interface Look {
  kind?: ButtonKind;
  small?: boolean;
  icon?: IconName;
  children?: ComponentChildren;
}

/** What else a button may carry. */
interface Rest {
  id?: string;
  class?: string;
  title?: string;
  onClick?: (e: MouseEvent) => void;
  autoFocus?: boolean;
  "aria-label"?: string | undefined;
  "aria-pressed"?: boolean;
  "aria-describedby"?: string | undefined;
}

const look = (kind: ButtonKind, small: boolean, children: ComponentChildren, extra = ""): string =>
  ["button", kind, small ? "small" : "", children ? "" : "only", extra].filter(Boolean).join(" ");

export interface ButtonProps extends Look, Rest {
  /** Something is on its way: not to be pressed again. */
  busy?: boolean;
  disabled?: boolean;
  type?: "button" | "submit";
  /** The id of the form that it sends, where it stands outside. */
  form?: string;
  ref?: Ref<HTMLButtonElement>;
}

export function Button({ kind = "plain", small = false, icon, busy = false, disabled = false, type = "button", children, class: extra, ...rest }: ButtonProps): JSX.Element {
  return (
    <button type={type} class={look(kind, small, children, extra)} disabled={disabled || busy} aria-busy={busy || undefined} {...rest}>
      {busy ? <span class="spinner" aria-hidden="true" /> : icon ? <Icon name={icon} /> : null}
      {children}
    </button>
  );
}

export function LinkButton({ kind = "plain", small = false, icon, children, class: extra, ...rest }: Look & Rest & { href: string; download?: string; target?: string; rel?: string }): JSX.Element {
  return (
    <a class={look(kind, small, children, extra)} {...rest}>
      {icon ? <Icon name={icon} /> : null}
      {children}
    </a>
  );
}

/** Copies a text and says so. */
export function CopyButton({ text, what = "Copy", label, kind = "plain", small = true }: { text: string | (() => string); what?: string; label?: string; kind?: ButtonKind; small?: boolean }): JSX.Element {
  const [done, set] = useState<"" | "Copied" | "Press Ctrl+C">("");
  const timer = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []);
  const copy = async (): Promise<void> => {
    let said: typeof done = "Copied";
    try {
      await navigator.clipboard.writeText(typeof text === "string" ? text : text());
    } catch {
      said = "Press Ctrl+C"; // no clipboard over plain http: the text can be selected by hand
    }
    set(said);
    announce(said);
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => set(""), 1600);
  };
  return (
    <Button kind={kind} small={small} icon={done === "Copied" ? "check" : "copy"} onClick={() => void copy()} aria-label={label} class="copy">
      {done || what}
    </Button>
  );
}
