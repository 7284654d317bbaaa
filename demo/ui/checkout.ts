// The checkout's form. Its card fields say what they are, as they should anywhere:
// that is how the tracker knows to keep away from them.

import * as basket from "./basket";
import { money } from "./catalog";
import { svg } from "./dom";
import { h } from "./markup";
import type { Shop } from "./shop";

interface Field {
  id: string;
  label: string;
  autocomplete: string;
  hint?: string;
  type?: string;
  mode?: string;
  good: (value: string) => boolean;
  help: string;
}

const some = (value: string): boolean => value.trim() !== "";

const who: Field[] = [
  { id: "name", label: "Name", autocomplete: "name", good: some, help: "Somebody has to collect it." },
  { id: "email", label: "Email", autocomplete: "email", type: "email", mode: "email", good: (v) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(v.trim()), help: "This does not look like an email yet." },
];
const where: Field[] = [
  { id: "street", label: "Street and number", autocomplete: "address-line1", good: some, help: "The post needs one." },
  { id: "town", label: "Town", autocomplete: "address-level2", good: some, help: "The post needs one." },
  { id: "postcode", label: "Postcode", autocomplete: "postal-code", good: some, help: "The post needs one." },
];
const card: Field[] = [
  { id: "card", label: "Card number", autocomplete: "cc-number", mode: "numeric", hint: "Not a real one: 4000 0000 0000 0000 will do.", good: some, help: "Any number will do, but a real one." },
  { id: "expiry", label: "Expires", autocomplete: "cc-exp", mode: "numeric", hint: "Month and year.", good: some, help: "Any month will do." },
  { id: "cvc", label: "Code", autocomplete: "cc-csc", mode: "numeric", hint: "Three digits.", good: some, help: "Any three digits." },
];

function field(f: Field): [HTMLElement, () => boolean] {
  const input = h("input", {
    id: f.id, type: f.type ?? "text", autocomplete: f.autocomplete, inputmode: f.mode ?? "text",
    spellcheck: "false", "aria-describedby": `${f.id}-hint`,
  }) as HTMLInputElement;
  const hint = h("p", { class: "hint", id: `${f.id}-hint` }, f.hint ?? "");
  const check = (): boolean => {
    const fine = !input.offsetParent || f.good(input.value);
    hint.textContent = fine ? (f.hint ?? "") : f.help;
    hint.toggleAttribute("data-help", !fine);
    input.setAttribute("aria-invalid", String(!fine));
    return fine;
  };
  input.addEventListener("input", () => input.getAttribute("aria-invalid") === "true" && check());
  return [h("div", { class: "field" }, h("label", { for: f.id }, f.label), input, hint), check];
}

export function checkoutForm(shop: Shop): HTMLElement {
  const made = new Map([...who, ...where, ...card].map((f) => [f.id, field(f)]));
  const part = (...ids: string[]): HTMLElement[] => ids.map((id) => made.get(id)?.[0] ?? h("p", {}));

  const ways: [string, string, string][] = [
    ["shelf", "Collect it", "From the shelf by the door, 8 to 22"],
    ["post", "Send it", "In a box that had something else in it"],
  ];
  const post = h("b", { id: "post-cost" }, "£0.00");
  const total = h("b", { id: "order-total" }, money(basket.total()));
  const address = h("div", { class: "address", hidden: true }, ...part("street"), h("div", { class: "pair" }, ...part("town", "postcode")), countries());
  let way = "shelf";
  const delivery = ways.map(([value, name, text]) => {
    const input = h("input", { type: "radio", name: "delivery", id: `delivery-${value}`, value, checked: value === way });
    input.addEventListener("change", () => {
      way = value;
      address.hidden = way !== "post";
      post.textContent = money(basket.postage(way));
      total.textContent = money(basket.total() + basket.postage(way));
    });
    return h(
      "label",
      { class: "plan" },
      input,
      h("span", { class: "plan-name" }, name),
      h("span", { class: "plan-text" }, text),
      h("span", { class: "plan-price" }, value === "post" ? money(basket.postage(value)) : "Free"),
    );
  });

  const status = h("p", { class: "form-status", role: "status" });
  const form = h(
    "form",
    { id: "order", method: "dialog", novalidate: true, autocomplete: "on" },
    h("div", { class: "pair" }, ...part("name", "email")),
    h("fieldset", { class: "plans" }, h("legend", {}, "How do you want it?"), ...delivery),
    address,
    h("h2", { class: "form-title" }, "Card"),
    h("p", { class: "fake" }, h("span", { class: "notice-tag" }, "Invented"), "These fields go nowhere. Gait counts them as secret: it is told that they were edited, once each."),
    ...part("card"),
    h("div", { class: "pair" }, ...part("expiry", "cvc")),
    h(
      "dl",
      { class: "bill" },
      ...basket.contents().map(([thing, n]) => h("div", {}, h("dt", {}, n > 1 ? `${n} × ${thing.name}` : thing.name), h("dd", {}, money(thing.pence * n)))),
      h("div", {}, h("dt", {}, "Postage"), h("dd", {}, post)),
      h("div", { class: "bill-total" }, h("dt", {}, "Together"), h("dd", {}, total)),
    ),
    h("div", { class: "send" }, h("button", { class: "button", id: "place", type: "submit" }, "Place the order"), status),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const missing = [...made.values()].filter(([, check]) => !check()).length;
    status.dataset.kind = "help";
    status.textContent = missing ? `${missing === 1 ? "One answer is" : `${missing} answers are`} still missing, further up.` : "";
    if (missing) return;
    const order = `OY-${1000 + Math.floor(Math.random() * 9000)}`;
    const things = basket.contents().map(([thing]) => thing.slug);
    basket.empty();
    history.pushState({ order, things }, "", "/demo/shop/done");
    shop.go("/done");
  });
  return form;
}

function countries(): HTMLElement {
  const chevron = svg("svg", { width: 20, height: 20, "aria-hidden": "true" });
  chevron.append(svg("use", { href: "#i-chevron" }));
  const names = ["United Kingdom", "Ireland", "Norway", "Portugal", "Elsewhere"];
  return h(
    "div",
    { class: "field" },
    h("label", { for: "country" }, "Country"),
    h("div", { class: "select" }, h("select", { id: "country", autocomplete: "country-name" }, ...names.map((name) => h("option", {}, name))), chevron),
    h("p", { class: "hint" }, ""),
  );
}
