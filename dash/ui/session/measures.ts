// What the numbers of evidence are called. Those without a name here are called by
// their key.

const names: Record<string, string> = {
  // typing
  interval_cv: "Variation of the time between keys",
  interval_mode_share: "Intervals of the commonest length",
  interval_mean: "Time between keys",
  apart_mean: "Time between keys, where none overlap",
  overlap_share: "Keys that overlap",
  dwell_cv: "Variation of how long keys are held",
  dwell_mean: "How long keys are held",
  short_dwell_share: "Keys held for next to no time",
  level_flight_share: "Keys pressed as the last one is released",
  keyless_characters: "Characters without a key",
  keyless_share: "Share of characters without a key",
  scripted_characters: "Characters set by a script",
  keys: "Keys typed",
  // pointer and clicks
  centred_clicks: "Clicks in the exact centre",
  centred_share: "Share in the exact centre",
  closest: "Closest to a centre",
  jumped_share: "Share of jumps",
  instant_presses: "Presses that took no time",
  scripted_clicks: "Clicks by a script, nobody there",
  updates_per_move: "Updates of the device to a move",
  merged_share: "Moves put together from several updates",
  ruled_paths: "Paths as drawn with a ruler",
  ruled_share: "Share drawn as with a ruler",
  evenest_path_cv: "Variation of steps on the evenest path",
  // rhythm
  abrupt_share: "Clicks after a rest without a way there",
  acts: "Clicks after a rest",
  rest_mean: "Length of a rest",
  rest_cv: "Variation of rests",
  hasty_presses: "Presses sooner than any hand",
  rapid_fields: "Fields filled right after another",
  snaps: "Clicks with a key right after",
  snaps_share: "Share with a key right after",
  times_ahead: "Times that the page's clock ran ahead",
  gained: "Time gained",
  rarity: "One person in so many is like it",
  typing_rarity: "By typing, one person in so many",
  pointing_rarity: "By pointer, one person in so many",
  // other sessions, the browser, the address
  paths_seen_before: "Pointer paths seen before",
  paths_share: "Share of paths seen before",
  rhythm_seen_before: "Stretches of typing seen before",
  rhythm_share: "Share of typing seen before",
  marks: "Marks of automation",
  leaves: "Times that the tab was left",
  lists_with_address: "Lists that have the address",
};

/** A number's name as people say it. */
export function measureName(key: string): string {
  const known = names[key];
  if (known) return known;
  const text = key.replaceAll("_", " ").replace(/\bcv\b/, "variation");
  return text.charAt(0).toUpperCase() + text.slice(1);
}
