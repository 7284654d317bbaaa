// Light, dark, or as the system has it.

import { useEffect, useState } from "preact/hooks";

export type Theme = "system" | "light" | "dark";

/** Where the choice is kept; first.ts reads it before the first paint. */
export const themeKey = "gait.theme";

/** Sent on window when colours change, for what is drawn on a canvas. */
const changed = "gait:theme";

export function theme(): Theme {
  const t = document.documentElement.dataset["theme"];
  return t === "light" || t === "dark" ? t : "system";
}

export function setTheme(t: Theme): void {
  if (t === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = t;
  remember(themeKey, t === "system" ? "" : t);
  dispatchEvent(new Event(changed));
}

/** Rises with every change of colours: a canvas that depends on it is drawn anew. */
export function useColours(): number {
  const [n, set] = useState(0);
  useEffect(() => {
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const next = (): void => set((m) => m + 1);
    dark.addEventListener("change", next);
    addEventListener(changed, next);
    return () => {
      dark.removeEventListener("change", next);
      removeEventListener(changed, next);
    };
  }, []);
  return n;
}

/** A token such as "--accept" as a colour that a canvas takes. */
export function colour(token: string): string {
  const probe = document.createElement("span");
  probe.style.color = `var(${token})`;
  probe.style.display = "none";
  document.body.append(probe);
  const c = getComputedStyle(probe).color;
  probe.remove();
  return c;
}

/** Keeps a text in this browser; an empty one is dropped. Storage that is blocked forgets. */
export function remember(key: string, value: string): void {
  try {
    if (value) localStorage.setItem(key, value);
    else localStorage.removeItem(key);
  } catch {
    // A private window: the choice lasts as long as the page.
  }
}

export function recall(key: string): string {
  try {
    return localStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}
