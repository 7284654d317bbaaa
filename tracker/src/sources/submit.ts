// Submit: a form was sent, by whatever fires the event.

import type { Source } from "../source";

export const submit: Source = (emit, { on, flags, element }) => {
  on("submit", (event) => emit("S", event, element(event), flags(event)));
};
