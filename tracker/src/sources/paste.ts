// Paste: how long the text was.

import { isPrivate } from "../describe";
import type { Source } from "../source";

export const paste: Source = (emit, { on, element }) => {
  on("paste", (event) => {
    const el = element(event);
    if (!event.isTrusted || (el && isPrivate(el))) return;
    emit("p", event, el, event.clipboardData?.getData("text/plain").length ?? 0);
  });
};
