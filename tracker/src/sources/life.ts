// Life: whether the page is looked at, left, and come back to.

import { flush, adopt, lastFlush } from "../transport";
import { forgetDescriptions } from "../targets";
import { listenForClaims, stopListeningForClaims } from "../session";
import type { Source } from "../source";
import { Life } from "../wire";

export const life: Source = (emit, { on }) => {
  on("visibilitychange" as keyof WindowEventMap, (event) => {
    const hidden = document.hidden;
    emit("l", event, hidden ? Life.Hidden : Life.Shown);
    // On a phone this may be the last that is heard of the page.
    if (hidden) flush();
  });

  // Fields get and lose the focus, too.
  on("blur", (event) => {
    if (event.target === window) emit("l", event, Life.WindowBlur);
  });
  on("focus", (event) => {
    if (event.target === window) emit("l", event, Life.WindowFocus);
  });

  on("pagehide", (event) => {
    emit("l", event, Life.PageHide);
    lastFlush();
    stopListeningForClaims();
  });

  on("pageshow", (event) => {
    if (!event.persisted) return;
    listenForClaims();
    forgetDescriptions();
    emit("l", event, Life.PageShow);
    adopt();
  });
};
