// Constructed style sheets: a policy against inline styles does not apply to them.

const DEFAULT_WIDTH = "231";
const WIDTH = /^(\d{1,4}(?:\.\d{1,3})?)(px|em|rem|%|vw)?$/;

// A white card on every background; the page's colours and fonts stay outside.
const CSS = `
:host { all: initial; display: block; max-width: 100%; }
:host([hidden]) { display: none; }
.card {
  box-sizing: border-box; position: relative; overflow: hidden;
  display: flex; align-items: center; gap: 12px;
  width: 100%; min-height: 56px; padding: 8px 14px;
  color: #111; background: #fff; color-scheme: only light;
  border: 1px solid #c4c7cc; border-radius: 10px;
  font: 13px/1.35 system-ui, sans-serif; text-align: start;
}
svg { flex: none; width: 24px; height: 24px; fill: none; stroke: currentColor; stroke-width: 3; stroke-linecap: round; stroke-linejoin: round; }
p { margin: 0; min-width: 0; overflow-wrap: anywhere; }
b { display: block; font-size: 15px; font-weight: 650; letter-spacing: .01em; }
i { display: none; position: absolute; inset: auto 0 0; height: 3px; background: #e3e5e9; }
i::before { content: ""; display: block; width: 40%; height: 100%; background: #111; }
.fail svg { stroke: #c62828; }
.loading i { display: block; }
.loading svg { animation: turn .9s linear infinite; }
.loading i::before { animation: run 1.6s ease-in-out infinite; }
@keyframes turn { to { transform: rotate(1turn); } }
@keyframes run { from { transform: translateX(-100%); } to { transform: translateX(250%); } }
@media (prefers-reduced-motion: reduce) {
  .loading svg, .loading i::before { animation: none; }
}
@media (forced-colors: active) {
  i::before { background: CanvasText; }
}`;

function make(css: string): CSSStyleSheet {
  const made = new CSSStyleSheet();
  made.replaceSync(css);
  return made;
}

let shared: CSSStyleSheet | undefined;
export const sheet = (): CSSStyleSheet => (shared ??= make(CSS));

export function widthSheet(width: string): CSSStyleSheet {
  const [, number = DEFAULT_WIDTH, unit = "px"] = WIDTH.exec(width.trim()) ?? [];
  return make(`:host { width: ${number}${unit}; }`);
}
