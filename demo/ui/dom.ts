// The few things the page does to its document. Text is only ever written as
// text, never as markup.

export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`no #${id}`);
  return found;
}

export function el(tag: string, className = "", ...children: (Node | string)[]): HTMLElement {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

/** Writes only what differs, so that an idle panel does no work. */
export function setText(node: Element, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

const svgNamespace = "http://www.w3.org/2000/svg";

export function svg(tag: string, attributes: Record<string, string | number>): SVGElement {
  const made = document.createElementNS(svgNamespace, tag) as SVGElement;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  return made;
}

/** An icon of the page's sprite. It only decorates: a word always stands beside it. */
export function icon(name: string, size: number): SVGElement {
  const made = svg("svg", { width: size, height: size, "aria-hidden": "true" });
  made.append(svg("use", { href: `#i-${name}` }));
  return made;
}

const calm = matchMedia("(prefers-reduced-motion: reduce)");

/** Lights an element up for a moment, for those who want motion. */
export function flash(node: HTMLElement): void {
  if (calm.matches) return;
  node.animate([{ backgroundColor: "var(--flash)" }, { backgroundColor: "transparent" }], {
    duration: 1600,
    easing: "ease-out",
  });
}

/** At most three significant digits, and no more than needed: 1, 0.6, 12.3, 4800. */
export function number(value: number): string {
  if (!Number.isFinite(value)) return "–";
  return Math.abs(value) >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}
