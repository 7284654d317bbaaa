// Viewport: its size, when that changed.

import type { Source } from "../source";

export const viewport: Source = (emit, { on }) => {
  on("resize", (event) => emit("z", event, innerWidth, innerHeight));
};
