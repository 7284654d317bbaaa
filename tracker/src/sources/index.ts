// Every source, in the order in which they start. The first event of a page is
// that it was opened.

import type { Source } from "../source";
import { fields } from "./fields";
import { focus } from "./focus";
import { keys } from "./keys";
import { life } from "./life";
import { navigation } from "./navigation";
import { paste } from "./paste";
import { pointer } from "./pointer";
import { scroll } from "./scroll";
import { submit } from "./submit";
import { timer } from "./timer";
import { traits } from "./traits";
import { viewport } from "./viewport";

export const sources: Source[] = [
  navigation,
  viewport,
  traits,
  timer,
  life,
  pointer,
  keys,
  fields,
  paste,
  focus,
  scroll,
  submit,
];
