// Every source, in the order in which they start. The first event of a page is
// that it was opened.

import { clipboard } from "./clipboard";
import { fields } from "./fields";
import { focus } from "./focus";
import { keys } from "./keys";
import { navigation } from "./navigation";
import { pointer } from "./pointer";
import { probes } from "./probes";
import { raw } from "./raw";
import { scroll } from "./scroll";
import { submit } from "./submit";
import { timer } from "./timer";
import { traits } from "./traits";
import { viewport } from "./viewport";
import { wheel } from "./wheel";

// life is not among them: it starts with the session.
export const sources: (() => void)[] = [
  navigation,
  viewport,
  traits,
  timer,
  pointer,
  raw,
  wheel,
  keys,
  fields,
  clipboard,
  focus,
  scroll,
  submit,
  probes,
];
