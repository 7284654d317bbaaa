// Who draws. Three states, and why: ok, none (the browser could make no context),
// blocked (there is no interface, or the renderer is not told).

import type { Probe } from "./probe";

const UNMASKED_VENDOR = 0x9245;
const UNMASKED_RENDERER = 0x9246;
// What is told where the name is masked.
const MASKED = /^(webkit( webgl)?|mozilla)?$/i;

export const gl: Probe = (say) => {
  const state = (value: string, why: string): void => {
    say("gl", value);
    say("gl.why", why);
  };
  if (!window.WebGLRenderingContext) return state("blocked", "no interface");
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  let why = "no reason given";
  canvas.addEventListener("webglcontextcreationerror", (event) => {
    why = (event as WebGLContextEvent).statusMessage || why;
  });
  const context = canvas.getContext("webgl");
  if (!context) return state("none", why);
  try {
    let vendor = String(context.getParameter(context.VENDOR) ?? "");
    let renderer = String(context.getParameter(context.RENDERER) ?? "");
    // Elsewhere the plain names are the real ones, and asking for the extension is frowned upon.
    if (MASKED.test(renderer) && context.getExtension("WEBGL_debug_renderer_info")) {
      vendor = String(context.getParameter(UNMASKED_VENDOR) ?? "");
      renderer = String(context.getParameter(UNMASKED_RENDERER) ?? "");
    }
    say("gl.vendor", vendor);
    say("gl.renderer", renderer);
    if (MASKED.test(renderer)) state("blocked", "masked");
    else say("gl", "ok");
  } finally {
    context.getExtension("WEBGL_lose_context")?.loseContext();
  }
};
