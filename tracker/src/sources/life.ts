// Life: whether the page is looked at, left, and come back to.

import { on } from "../listen";
import { listenForClaims, stopListeningForClaims } from "../session";
import { emit } from "../source";
import { forgetDescriptions } from "../targets";
import { adopt, flush, lastFlush } from "../transport";
import { Life } from "../wire";

export const life = (): void => {
  on("visibilitychange", (event) => {
    emit("l", event, document.hidden ? Life.Hidden : Life.Shown);
    // On a phone this may be the last that is heard of the page.
    flush();
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
