// How many cameras, microphones and speakers there are. Which, the browser does not
// say to a page that has not asked the visitor, and this does not ask.

import type { Probe } from "./probe";

export const devices: Probe = async (say) => {
  const { mediaDevices } = navigator;
  if (!mediaDevices?.enumerateDevices) return say("devices", "absent");
  const found = await mediaDevices.enumerateDevices();
  say("devices", ["audioinput", "audiooutput", "videoinput"].map((kind) => found.filter((device) => device.kind === kind).length).join("/"));
};
