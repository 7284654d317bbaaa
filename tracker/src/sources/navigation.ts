// Navigation: that the document started, and the routes within it.

import { guard, later } from "../listen";
import { int } from "../queue";
import { fit, redactURL } from "../redact";
import { framed } from "../session";
import { emit } from "../source";
import { Bytes, Flag, Nav } from "../wire";

const enum Ms {
  LaidOut = 100,
}

type NavigationEvent = Event & { navigationType?: string };

const redacted = (): string => fit(redactURL(location), Bytes.URL);
let href = location.href;
let route = redacted();

export const navigation = (): void => {
  const hidden = document.hidden ? Flag.Hidden : 0;
  const opened = emit("o", null, 0, 0, hidden | (framed ? Flag.Framed : 0), route);
  // Reading the size makes the browser lay out what there is of the page, so this waits
  // until it has done so anyway. The batch is not cut before, unless the page is left.
  later(Ms.LaidOut, () => {
    opened[2] = int(innerWidth);
    opened[3] = int(innerHeight);
  });
};

// From the start of the script on, as a route decides whether anything is collected.
// Changed reports whether that began with this route.
export const watchRoutes = (changed: () => boolean): void => {
  const look = guard((type: string | undefined) => {
    const [before, routeBefore] = [href, route];
    href = location.href;
    route = redacted();
    const isHash = href !== before && href.split("#")[0] === before.split("#")[0];
    // In the order of their codes, from Nav.Push on.
    const code = isHash ? Nav.Hash : ["push", "replace", "traverse"].indexOf(type!) + 1;
    if (!changed() && (isHash || route !== routeBefore)) emit("n", null, route, code);
  });

  const entries = (window as { navigation?: EventTarget }).navigation;
  if (entries) {
    entries.addEventListener("currententrychange", (event: NavigationEvent) => look(event.navigationType));
    return;
  }
  // Without the Navigation API the page's own calls have to be seen.
  addEventListener("popstate", () => look("traverse"));
  for (const type of ["push", "replace"] as const) {
    const original = history[`${type}State`];
    history[`${type}State`] = function (this: History, ...args) {
      original.apply(this, args);
      look(type);
    };
  }
};
