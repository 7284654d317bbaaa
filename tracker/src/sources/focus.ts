// Focus: which field has it.

import { kindOf } from "../describe";
import type { Source } from "../source";
import { TargetCode } from "../wire";

const FIELDS = [
  TargetCode.Text,
  TargetCode.Area,
  TargetCode.Edit,
  TargetCode.Select,
  TargetCode.Check,
  TargetCode.Secret,
  TargetCode.Picker,
];

export const focus: Source = (emit, { on, flags, element }) => {
  on("focus", (event) => {
    const el = element(event);
    if (el && FIELDS.includes(kindOf(el))) emit("f", event, el, flags(event));
  });
};
