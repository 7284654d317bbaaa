// sessionStorage, which may be blocked, full or absent: then there is nothing in it,
// and what cannot be kept is lost with the document.

import { attempt } from "./listen";

type Key = "rtSessionId" | "gaitSecret" | "gaitQueue" | "gaitConsent";

export const load = (key: Key): string => attempt(() => sessionStorage.getItem(key)) ?? "";

// An empty value is removed.
export const save = (key: Key, value: string): void =>
  attempt(() => (value ? sessionStorage.setItem(key, value) : sessionStorage.removeItem(key)));
