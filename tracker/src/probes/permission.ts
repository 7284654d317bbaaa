// Two ways to ask whether the page may notify. Asking shows nothing to the visitor.

import { read, type Probe } from "./probe";

export const permission: Probe = async (say) => {
  let state: string;
  try {
    ({ state } = await navigator.permissions.query({ name: "notifications" }));
  } catch {
    state = "-";
  }
  say("notify", `${window.Notification ? read(() => Notification.permission) : "-"}/${state}`);
};
