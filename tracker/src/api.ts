// The functions that a page calls. None of them ever throws.

import { guard } from "./listen";
import { fit } from "./redact";
import { sid } from "./session";
import { emit } from "./source";
import { Bytes } from "./wire";

declare global {
  interface Window {
    getRoundtableSessionId?: () => string;
    setRoundtableUserId?: (uid: unknown) => void;
    setRoundtableTags?: (tags: unknown) => void;
  }
}

let user = "";
let tags = "";

const setUser = guard((uid: unknown) => {
  const id = typeof uid === "string" || typeof uid === "number" ? fit(String(uid), Bytes.User).trim() : "";
  if (!id || id === user) return;
  user = id;
  emit("U", null, id);
});

// Takes a list of strings, or one string with commas. A tag that does not fit is
// left out, not cut.
const setTags = guard((list: unknown) => {
  const given: unknown[] = typeof list === "string" ? list.split(",") : Array.isArray(list) ? list.slice(0, 256) : [undefined];
  if (!given.every((tag) => typeof tag === "string")) return;
  let joined = "";
  for (const tag of new Set(given.map((tag) => fit(tag.replace(/,/g, " "), Bytes.Tags).trim()))) {
    const longer = joined ? `${joined},${tag}` : tag;
    if (tag && fit(longer, Bytes.Tags) === longer) joined = longer;
  }
  if (joined === tags) return;
  tags = joined;
  emit("T", null, joined);
});

export function publish(): void {
  window.getRoundtableSessionId = () => sid;
  window.setRoundtableUserId = setUser;
  window.setRoundtableTags = setTags;
}

// What the script tag says of the session.
export function applyAttributes(userID: string, tagList: string): void {
  if (userID) setUser(userID);
  if (tagList) setTags(tagList);
}
