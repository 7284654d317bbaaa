// The shop: a single document with routes of its own, as many shops are. Each
// route is a function that makes its part of the page.

import * as basket from "./basket";
import { find } from "./catalog";
import { cart, checkout, done, item, list, missing } from "./counters";
import { byId, setText } from "./dom";

const root = "/demo/shop";
const main = byId("shop");

interface Route {
  title: string;
  nodes: Node[];
}

function route(path: string): Route {
  const [, name = "", slug = ""] = /^\/demo\/shop(?:\/(\w+)(?:\/([\w-]+))?)?\/?$/.exec(path) ?? [];
  const thing = name === "item" ? find(slug) : undefined;
  if (thing) return { title: thing.name, nodes: item(thing, shop) };
  switch (name) {
    case "":
      return { title: "The store cupboard", nodes: list(shop) };
    case "cart":
      return { title: "Your basket", nodes: cart(shop) };
    case "checkout":
      return basket.count() ? { title: "Check out", nodes: checkout(shop) } : { title: "Your basket", nodes: cart(shop) };
    case "done":
      return { title: "Order placed", nodes: done(shop) };
    default:
      return { title: "Not on the shelf", nodes: missing() };
  }
}

function show(): void {
  const { title, nodes } = route(location.pathname);
  document.title = `${title}, Oakum Yard · Gait live demo`;
  main.replaceChildren(...nodes);
  tally();
}

function tally(): void {
  setText(byId("cart-count"), String(basket.count()));
}

/** What the counters may ask of the shop. */
export interface Shop {
  go: (path: string) => void;
  again: () => void;
  tally: () => void;
}

const shop: Shop = {
  go: (path) => {
    if (root + path !== location.pathname) history.pushState(null, "", root + path);
    show();
    scrollTo(0, 0);
    // Whoever listens to the page hears where they are.
    main.focus({ preventScroll: true });
  },
  again: show,
  tally,
};

addEventListener("click", (event) => {
  const link = (event.target as Element).closest<HTMLAnchorElement>("a[data-route]");
  if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  shop.go(link.pathname.slice(root.length));
});
addEventListener("popstate", show);
show();
