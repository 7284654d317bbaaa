// The client hints, against the user agent and the request's headers.

import type { Probe } from "./probe";

interface Brand {
  brand: string;
  version: string;
}
interface Hints {
  brands: Brand[];
  mobile: boolean;
  platform: string;
  getHighEntropyValues?: (names: string[]) => Promise<Record<string, unknown>>;
}

const MORE = ["platformVersion", "architecture", "bitness", "model", "fullVersionList"];

const list = (brands: unknown): string => (Array.isArray(brands) ? (brands as Brand[]).map(({ brand, version }) => `${brand} ${version}`).join() : "-");

export const hints: Probe = async (say) => {
  const { userAgentData: data } = navigator as { userAgentData?: Hints };
  if (!data) return say("uach", "absent");
  say("uach", [list(data.brands), data.mobile, data.platform].join("|"));
  const more = await data.getHighEntropyValues?.(MORE);
  if (more) say("uach.more", MORE.map((name) => (name === "fullVersionList" ? list(more[name]) : more[name])).join("|"));
};
