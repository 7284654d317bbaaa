// Submit: a form was sent, by whatever fires the event.

import { on } from "../listen";
import { emit, flagsOf } from "../source";
import { elementOf } from "../targets";

export const submit = (): void => {
  on("submit", (event) => emit("S", event, elementOf(event), flagsOf(event)));
};
