// Viewport: its size, when that changed.

import { on } from "../listen";
import { emit } from "../source";

export const viewport = (): void => {
  on("resize", (event) => emit("z", event, innerWidth, innerHeight));
};
