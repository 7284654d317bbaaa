// Elements with their attributes, for pages that are made by script.

type Value = string | boolean;

export function h(tag: string, attributes: Record<string, Value>, ...children: (Node | string)[]): HTMLElement {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "string") made.setAttribute(name, value);
    else made.toggleAttribute(name, value);
  }
  made.append(...children);
  return made;
}

/** A link to one of the shop's routes. */
export function linkTo(path: string, attributes: Record<string, Value>, ...children: (Node | string)[]): HTMLElement {
  return h("a", { href: `/demo/shop${path}`, "data-route": true, ...attributes }, ...children);
}
