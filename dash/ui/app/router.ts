// Where in the dashboard one is. The address is the only state that a view keeps
// for itself, so that a link shows what its sender saw.

import { useEffect, useState } from "preact/hooks";

export const root = "/dash";

export interface Place {
  /** Without /dash, without a slash at its end, but for "/" itself. */
  path: string;
  query: URLSearchParams;
  /** Without #. */
  hash: string;
}

function here(): Place {
  const path = location.pathname.slice(root.length).replace(/\/+$/, "") || "/";
  return { path, query: new URLSearchParams(location.search), hash: location.hash.slice(1) };
}

/** How the newest place was reached: a link, back or forward, or the document itself. */
let arrival: "link" | "history" | "document" = "document";

export const arrived = (): typeof arrival => arrival;

/** How far down each place was left, in CSS px, by its address. */
const depths = new Map<string, number>();

const whole = (): string => location.pathname + location.search;

let wanted = 0;

/** How far down the place was when it was left, if it was reached by back or forward. */
export const depth = (): number => wanted;

const listeners = new Set<() => void>();
const tell = (): void => listeners.forEach((f) => f());

/** The address of a view, with a query of what is not empty. */
export function link(path: string, query: Record<string, string | number | undefined> = {}): string {
  const q = new URLSearchParams();
  for (const [k, v] of Object.entries(query)) if (v !== undefined && v !== "") q.set(k, String(v));
  const text = q.toString();
  return root + (path === "/" ? "/" : path) + (text ? `?${text}` : "");
}

/** Goes to an address that link made. With replace, back does not come here again. */
export function go(href: string, { replace = false } = {}): void {
  if (href === location.pathname + location.search + location.hash) return;
  if (replace) {
    history.replaceState(null, "", href);
  } else {
    arrival = "link";
    depths.set(whole(), scrollY); // its event may still be to come, and would be the next place's
    history.pushState(null, "", href);
  }
  tell();
}

/** Changes the query of the place one is at; empty values are dropped. */
export function setQuery(change: Record<string, string | number | undefined>, replace = true): void {
  const q = new URLSearchParams(location.search);
  for (const [k, v] of Object.entries(change)) {
    if (v === undefined || v === "") q.delete(k);
    else q.set(k, String(v));
  }
  const text = q.toString();
  go(location.pathname + (text ? `?${text}` : ""), { replace });
}

/** The place one is at, always the newest. */
export function usePlace(): Place {
  const [place, set] = useState(here);
  useEffect(() => {
    const update = (): void => set(here());
    update();
    listeners.add(update);
    return () => void listeners.delete(update);
  }, []);
  return place;
}

/** Lets plain links inside the dashboard go without loading a document. */
export function interceptLinks(): void {
  history.scrollRestoration = "manual"; // the browser would do it before a list has its rows
  addEventListener("scroll", () => depths.set(whole(), scrollY), { passive: true });
  addEventListener("popstate", () => {
    arrival = "history";
    wanted = depths.get(whole()) ?? 0; // before the document, shorter for a moment, is moved up
    tell();
  });
  addEventListener("hashchange", tell);
  document.addEventListener("click", (e) => {
    if (e.defaultPrevented || e.button !== 0 || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey) return;
    const a = (e.target as Element | null)?.closest?.("a");
    if (!a || a.target || a.hasAttribute("download") || a.origin !== location.origin) return;
    if (a.pathname !== root && !a.pathname.startsWith(root + "/")) return;
    if (a.hash && a.pathname === location.pathname && a.search === location.search) return;
    e.preventDefault();
    go(a.pathname + a.search + a.hash);
  });
}

/** Matches "/sessions/:id" against a path; ids are of letters, digits and hyphens. */
export function match(pattern: string, path: string): Record<string, string> | undefined {
  const want = pattern.split("/");
  const have = path.split("/");
  if (want.length !== have.length) return undefined;
  const found: Record<string, string> = {};
  for (const [i, part] of want.entries()) {
    const got = have[i] ?? "";
    if (part.startsWith(":")) {
      if (!/^[\w-]+$/.test(got)) return undefined;
      found[part.slice(1)] = got;
    } else if (part !== got) return undefined;
  }
  return found;
}
