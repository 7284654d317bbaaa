// What the shop shows on each route.

import * as basket from "./basket";
import { items, money, type Item, type Kind } from "./catalog";
import { svg } from "./dom";
import { checkoutForm } from "./checkout";
import { h, linkTo } from "./markup";
import type { Shop } from "./shop";

type Order = "shelf" | "cheap" | "dear" | "name";

// What the visitor chose stays while they look around.
const chosen = { kind: "All" as Kind | "All", order: "shelf" as Order, stock: false };

const orders: [Order, string, (a: Item, b: Item) => number][] = [
  ["shelf", "As on the shelf", () => 0],
  ["cheap", "Price, low first", (a, b) => a.pence - b.pence],
  ["dear", "Price, high first", (a, b) => b.pence - a.pence],
  ["name", "Name", (a, b) => a.name.localeCompare(b.name)],
];

export function art(item: Item, className = "art"): HTMLElement {
  const drawn = svg("svg", { viewBox: "0 0 120 90", "aria-hidden": "true" });
  drawn.append(svg("use", { href: `#p-${item.slug}` }));
  return h("span", { class: className }, drawn);
}

const heading = (text: string): HTMLElement => h("h1", { id: "start" }, text);

export function list(shop: Shop): Node[] {
  const shelf = h("div", { class: "goods" });
  const found = h("p", { class: "found", role: "status" });
  const fill = (): void => {
    const compare = orders.find(([order]) => order === chosen.order)?.[2];
    const shown = items
      .filter((item) => (chosen.kind === "All" || item.kind === chosen.kind) && (!chosen.stock || item.left > 0))
      .sort(compare);
    shelf.replaceChildren(...shown.map((item) => good(item, shop)));
    found.textContent = shown.length === items.length ? `All ${shown.length} things` : `${shown.length} of ${items.length} things`;
  };

  const kinds = (["All", "Tools", "Materials", "Wear"] as const).map((kind) => {
    const input = h("input", { type: "radio", name: "kind", id: `kind-${kind.toLowerCase()}`, value: kind, checked: kind === chosen.kind });
    input.addEventListener("change", () => {
      chosen.kind = kind;
      fill();
    });
    return h("label", {}, input, h("span", {}, kind));
  });
  const stock = h("input", { type: "checkbox", id: "stock", checked: chosen.stock });
  stock.addEventListener("change", () => {
    chosen.stock = (stock as HTMLInputElement).checked;
    fill();
  });
  const sort = h("select", { id: "sort" }, ...orders.map(([value, label]) => h("option", { value, selected: value === chosen.order }, label)));
  sort.addEventListener("change", () => {
    chosen.order = (sort as HTMLSelectElement).value as Order;
    fill();
  });
  fill();
  return [
    h("div", { class: "hero" }, heading("The store cupboard"), h("p", { class: "lead" }, "What we make, and what is left over when we do.")),
    h(
      "div",
      { class: "filters" },
      h("fieldset", { class: "kinds" }, h("legend", { class: "visually-hidden" }, "Kind"), ...kinds),
      h("label", { class: "in-stock" }, stock, "In stock"),
      h("label", { class: "sort" }, h("span", { class: "visually-hidden" }, "Order"), h("span", { class: "select" }, sort, chevron())),
    ),
    found,
    shelf,
  ];
}

function chevron(): SVGElement {
  const drawn = svg("svg", { width: 20, height: 20, "aria-hidden": "true" });
  drawn.append(svg("use", { href: "#i-chevron" }));
  return drawn;
}

function good(item: Item, shop: Shop): HTMLElement {
  const add = h("button", { type: "button", class: "add", "data-add": item.slug, disabled: item.left === 0, "aria-label": `Add ${item.name} to the basket` }, plus());
  add.addEventListener("click", () => {
    basket.add(item.slug, 1);
    shop.tally();
  });
  return h(
    "article",
    { class: "good", "data-item": item.slug },
    linkTo(`/item/${item.slug}`, { class: "good-link" }, art(item), h("span", { class: "good-name" }, item.name)),
    h(
      "div",
      { class: "good-foot" },
      h("span", {}, item.left ? h("b", {}, money(item.pence)) : h("b", { class: "gone" }, "Gone"), " ", h("small", {}, item.left ? item.unit : "till spring")),
      add,
    ),
  );
}

function plus(): SVGElement {
  const drawn = svg("svg", { width: 20, height: 20, "aria-hidden": "true" });
  drawn.append(svg("use", { href: "#i-plus" }));
  return drawn;
}

export function item(thing: Item, shop: Shop): Node[] {
  const most = basket.room(thing.slug);
  const amount = h("select", { id: "amount" }, ...Array.from({ length: most }, (_, i) => h("option", { value: String(i + 1) }, String(i + 1))));
  const said = h("p", { class: "said", role: "status" });
  const add = h("button", { type: "button", class: "button", id: "add" }, "Add to basket");
  add.addEventListener("click", () => {
    basket.add(thing.slug, Number((amount as HTMLSelectElement).value));
    shop.tally();
    said.replaceChildren("In your basket. ", linkTo("/cart", {}, "Go there"));
  });
  const buy = thing.left
    ? h("div", { class: "buy" }, h("label", { class: "select" }, h("span", { class: "visually-hidden" }, "How many"), amount, chevron()), add)
    : h("p", { class: "buy gone" }, "Gone until spring.");
  return [
    h("p", { class: "crumb" }, linkTo("", {}, "The store cupboard"), " / ", thing.kind),
    h(
      "div",
      { class: "product" },
      art(thing, "art large"),
      h(
        "div",
        {},
        heading(thing.name),
        h("p", { class: "price" }, money(thing.pence), " ", h("small", {}, thing.unit)),
        h("p", { class: "product-text" }, thing.text),
        buy,
        said,
      ),
    ),
    h(
      "section",
      { class: "why-we-ask" },
      h("h2", {}, "What it is"),
      h("dl", {}, ...[...thing.facts, ["In the cupboard", thing.left ? String(thing.left) : "None"]].map(([name = "", value = ""]) => h("div", {}, h("dt", {}, name), h("dd", {}, value)))),
    ),
  ];
}

export function cart(shop: Shop): Node[] {
  const lines = basket.contents();
  if (!lines.length) {
    return [
      h("div", { class: "hero" }, heading("Your basket"), h("p", { class: "lead" }, "Empty, and light to carry.")),
      h("p", { class: "after-links" }, linkTo("", { class: "button" }, "Back to the cupboard")),
    ];
  }
  return [
    h("div", { class: "hero" }, heading("Your basket"), h("p", { class: "lead" }, basket.count() === 1 ? "One thing so far." : `${basket.count()} things so far.`)),
    h("ul", { class: "lines" }, ...lines.map(([thing, n]) => line(thing, n, shop))),
    h("p", { class: "sum" }, "Together", h("b", { id: "total" }, money(basket.total()))),
    h("p", { class: "after-links" }, linkTo("/checkout", { class: "button", id: "checkout" }, "Check out"), linkTo("", {}, "Look around more")),
  ];
}

function line(thing: Item, n: number, shop: Shop): HTMLElement {
  const amount = h(
    "select",
    { "aria-label": `How many: ${thing.name}` },
    ...Array.from({ length: basket.room(thing.slug) }, (_, i) => h("option", { value: String(i + 1), selected: i + 1 === n }, String(i + 1))),
  );
  amount.addEventListener("change", () => {
    basket.put(thing.slug, Number((amount as HTMLSelectElement).value));
    shop.again();
  });
  const remove = h("button", { type: "button", class: "plain", "data-remove": thing.slug }, "Take out");
  remove.addEventListener("click", () => {
    basket.put(thing.slug, 0);
    shop.again();
  });
  return h(
    "li",
    { class: "line-item" },
    art(thing),
    h("div", {}, linkTo(`/item/${thing.slug}`, {}, thing.name), h("small", {}, `${money(thing.pence)} ${thing.unit}`), remove),
    h("span", { class: "select" }, amount, chevron()),
    h("b", {}, money(thing.pence * n)),
  );
}

export function checkout(shop: Shop): Node[] {
  return [
    h("p", { class: "crumb" }, linkTo("/cart", {}, "Your basket"), " / Check out"),
    h("div", { class: "hero" }, heading("Check out"), h("p", { class: "lead" }, "Nothing is charged and nothing comes: invent whatever you like.")),
    checkoutForm(shop),
  ];
}

export function done(shop: Shop): Node[] {
  const { order = "OY-0000", things = [] } = (history.state ?? {}) as { order?: string; things?: string[] };
  const bought = items.filter((thing) => things.includes(thing.slug));
  const again = h("button", { type: "button", class: "button" }, "Shop again");
  again.addEventListener("click", () => shop.go(""));
  return [
    h(
      "div",
      { class: "hero" },
      heading("That is a deal."),
      h("p", { class: "lead" }, `Order ${order} is on the shelf by the door, if you can find the door.`),
    ),
    h("div", { class: "bought" }, ...bought.slice(0, 5).map((thing) => art(thing))),
    h(
      "section",
      { class: "after" },
      h("h2", {}, "What Gait saw"),
      h("p", {}, "The routes you took, how you moved between them, that the address was typed or filled in, and that the card fields were edited. Not one letter or digit of either: look at the evidence in the panel."),
      h("p", { class: "after-links" }, again, h("a", { href: "/demo/bots" }, "Send a machine next")),
    ),
  ];
}

export function missing(): Node[] {
  return [
    h("div", { class: "hero" }, heading("Not on the shelf"), h("p", { class: "lead" }, "Somebody took it, or it never was.")),
    h("p", { class: "after-links" }, linkTo("", { class: "button" }, "Back to the cupboard")),
  ];
}
