// Drawing a view in pieces, so that no single one keeps the page from answering.

import { useEffect, useState } from "preact/hooks";

/** Rises from 0 to n, by one after each frame that was painted. */
export function useStages(n: number): number {
  const [stage, set] = useState(0);
  useEffect(() => {
    if (stage >= n) return;
    let timer = 0;
    const next = (): void => {
      timer = window.setTimeout(() => set(stage + 1), 0);
    };
    // A page that nobody sees paints no frames.
    const frame = document.visibilityState === "visible" ? requestAnimationFrame(next) : 0;
    if (!frame) next();
    return () => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
    };
  }, [stage, n]);
  return stage;
}
