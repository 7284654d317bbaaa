// Long lists: only the rows that are seen, and a few around them, are in the
// document.

import type { RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

/** Rows at most, however high the window is. */
const most = 60;

/** Rows beyond each edge, so that a turn of the wheel does not show a gap. */
const around = 6;

export interface Window {
  from: number;
  to: number;
}

/** The rows of a list, each height CSS px high, that the window's scroll position shows. */
export function useWindow(list: RefObject<HTMLElement | null>, rows: number, height: number): Window {
  const [win, set] = useState<Window>({ from: 0, to: Math.min(rows, most / 2) });
  const drawn = useRef(win);
  drawn.current = win;
  useLayoutEffect(() => {
    let frame = 0;
    const measure = (): void => {
      frame = 0;
      const el = list.current;
      if (!el) return;
      const above = -el.getBoundingClientRect().top;
      const top = Math.floor(above / height);
      const bottom = Math.ceil((above + innerHeight) / height);
      // Somewhere else altogether, what is seen comes first, and what is around it in the next frame.
      const far = drawn.current.to <= top || drawn.current.from >= bottom;
      const beyond = far ? 0 : around;
      const from = Math.max(0, Math.min(rows, top - beyond));
      const to = Math.max(from, Math.min(rows, from + most, bottom + beyond));
      if (drawn.current.from === from && drawn.current.to === to) return;
      set({ from, to });
      if (far) later();
    };
    const later = (): void => {
      frame ||= requestAnimationFrame(measure);
    };
    measure();
    addEventListener("scroll", later, { passive: true });
    addEventListener("resize", later);
    return () => {
      cancelAnimationFrame(frame);
      removeEventListener("scroll", later);
      removeEventListener("resize", later);
    };
  }, [rows, height]);
  return win;
}

/** Whether the window is narrow: lists are cards then. */
export function useNarrow(width = 719): boolean {
  const query = `(max-width: ${width}px)`;
  const [narrow, set] = useState(() => matchMedia(query).matches);
  useLayoutEffect(() => {
    const m = matchMedia(query);
    const change = (): void => set(m.matches);
    m.addEventListener("change", change);
    return () => m.removeEventListener("change", change);
  }, [query]);
  return narrow;
}
