// Where the visitor is, to about a kilometre: only if the operator asked for it, the
// page has been allowed it before, and no opt-out is signalled. Never asks.

import type { Probe } from "./probe";

const COARSE = 2; // digits after the point

export const geo: Probe = async (say, { geo }) => {
  if (!geo || (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl) return;
  const { state } = await navigator.permissions.query({ name: "geolocation" });
  if (state !== "granted") return;
  navigator.geolocation.getCurrentPosition(
    ({ coords: { latitude, longitude, accuracy } }) => say("geo", [latitude.toFixed(COARSE), longitude.toFixed(COARSE), Math.round(accuracy)].join()),
    () => {},
    { maximumAge: 600_000, timeout: 30_000 },
  );
};
