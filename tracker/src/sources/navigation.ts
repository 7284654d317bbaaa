// Navigation: that the document started, and the routes within it.

import { guard } from "../listen";
import { fit, redactURL } from "../redact";
import { framed } from "../session";
import type { Source } from "../source";
import { Bytes, Flag } from "../wire";

type Listenable = Pick<EventTarget, "addEventListener">;

export const navigation: Source = (emit, { on }) => {
  const url = (): string => fit(redactURL(location.href), Bytes.URL);
  const hidden = document.hidden ? Flag.Hidden : 0;
  let route = url();
  emit("o", null, innerWidth, innerHeight, hidden | (framed ? Flag.Framed : 0), route);

  const changed = guard(() => {
    const at = url();
    if (at === route) return;
    route = at;
    emit("n", null, at);
  });

  const entries = (window as { navigation?: Listenable }).navigation;
  if (entries) {
    entries.addEventListener("currententrychange", changed);
    return;
  }
  // Without the Navigation API the page's own calls have to be seen.
  on("popstate", changed);
  on("hashchange", changed);
  for (const name of ["pushState", "replaceState"] as const) {
    const original = history[name];
    history[name] = function (this: History, ...args) {
      original.apply(this, args);
      changed();
    };
  }
};
