// Focus: which field has it.

import { isField, kindOf } from "../describe";
import { on } from "../listen";
import { emit, flagsOf } from "../source";
import { elementOf } from "../targets";

export const focus = (): void => {
  on("focus", (event) => {
    const el = elementOf(event);
    if (el && isField(kindOf(el))) emit("f", event, el, flagsOf(event));
  });
};
