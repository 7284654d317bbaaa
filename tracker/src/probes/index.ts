// Every probe, the cheap ones first.

import { cdp } from "./cdp";
import { chrome } from "./chrome";
import { devices } from "./devices";
import { engine } from "./engine";
import { frame } from "./frame";
import { geo } from "./geo";
import { gl } from "./gl";
import { globals } from "./globals";
import { hints } from "./hints";
import { natives } from "./natives";
import { navigatorSays } from "./navigator";
import { permission } from "./permission";
import { pointer } from "./pointer";
import type { Probe } from "./probe";
import { stack } from "./stack";
import { webdriver } from "./webdriver";
import { windowSize } from "./window";

export const probes: Probe[] = [
  stack,
  webdriver,
  globals,
  navigatorSays,
  windowSize,
  pointer,
  chrome,
  engine,
  hints,
  permission,
  frame,
  natives,
  cdp,
  devices,
  gl,
  geo,
];

// From this one on they look at nothing that the recorder of replays changes.
export const unchanging = devices;
