// The basket: kept in the tab, so that a reload does not empty it.

import { find, type Item } from "./catalog";

const key = "oakum-basket";
export const most = 9;

const lines = new Map<string, number>();
try {
  const saved = JSON.parse(sessionStorage.getItem(key) ?? "[]") as [string, number][];
  for (const [slug, count] of saved) if (find(slug)) put(slug, count);
} catch {
  sessionStorage.removeItem(key); // not ours, or of another version
}

function room(slug: string): number {
  return Math.min(most, find(slug)?.left ?? 0);
}

export function put(slug: string, count: number): void {
  const allowed = Math.min(room(slug), Math.trunc(count) || 0);
  if (allowed > 0) lines.set(slug, allowed);
  else lines.delete(slug);
  sessionStorage.setItem(key, JSON.stringify([...lines]));
}

export const add = (slug: string, count: number): void => put(slug, (lines.get(slug) ?? 0) + count);
export const empty = (): void => [...lines.keys()].forEach((slug) => put(slug, 0));
export const count = (): number => [...lines.values()].reduce((sum, n) => sum + n, 0);

export function contents(): [Item, number][] {
  return [...lines].flatMap(([slug, n]) => {
    const item = find(slug);
    return item ? [[item, n] as [Item, number]] : [];
  });
}

export const total = (): number => contents().reduce((sum, [item, n]) => sum + item.pence * n, 0);
export const postage = (delivery: string): number => (delivery === "post" ? 480 : 0);
export { room };
