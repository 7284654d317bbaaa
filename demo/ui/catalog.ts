// What the store cupboard of Oakum Yard has.

export type Kind = "Tools" | "Materials" | "Wear";

export interface Item {
  slug: string;
  name: string;
  kind: Kind;
  pence: number;
  unit: string;
  left: number; // in stock
  text: string;
  facts: [string, string][];
}

export const items: Item[] = [
  {
    slug: "mallet", name: "Beech mallet", kind: "Tools", pence: 2650, unit: "each", left: 6,
    text: "Turned from one piece by whoever has the lathe on Thursdays. The faces are end grain, so it bruises itself and not your chisels.",
    facts: [["Wood", "Steamed beech"], ["Weight", "420 g"], ["Made", "On the premises"]],
  },
  {
    slug: "glaze", name: "Wet Slate glaze", kind: "Materials", pence: 1480, unit: "500 ml", left: 11,
    text: "The grey that every bowl on the second shelf is wearing. Brush three coats, fire at 1,240 °C, and label it, please.",
    facts: [["Fires at", "1,220 to 1,250 °C"], ["Surface", "Satin"], ["Food", "Safe once fired"]],
  },
  {
    slug: "apron", name: "Bench apron", kind: "Wear", pence: 3900, unit: "one size", left: 4,
    text: "Heavy linen with a split pocket: pencil left, everything else right. The straps cross, so your neck carries nothing.",
    facts: [["Cloth", "Linen, 340 g"], ["Wash", "Cold, with other aprons"], ["Sewn", "In the loft upstairs"]],
  },
  {
    slug: "oak", name: "Oak offcuts", kind: "Materials", pence: 900, unit: "4 kg box", left: 18,
    text: "What the stair builder next door does not need. Dry, straight, and mostly without nails.",
    facts: [["Lengths", "8 to 40 cm"], ["Dried", "Two years under the roof"], ["Nails", "Found so far: one"]],
  },
  {
    slug: "knife", name: "Marking knife", kind: "Tools", pence: 1950, unit: "each", left: 9,
    text: "One bevel, flat on the other side, thin enough for the narrowest dovetail. A line from it is a line.",
    facts: [["Steel", "O1, hard to 60 HRC"], ["Handle", "Pear"], ["Length", "17 cm"]],
  },
  {
    slug: "wax", name: "Beeswax polish", kind: "Materials", pence: 820, unit: "200 g tin", left: 0,
    text: "Wax from the hives on the roof and linseed oil. The bees are resting; back in spring.",
    facts: [["Dries in", "A day"], ["Smells of", "Honey, then nothing"], ["Hives", "Three"]],
  },
  {
    slug: "scraper", name: "Card scraper", kind: "Tools", pence: 740, unit: "each", left: 23,
    text: "A piece of saw steel with four edges that take off what sandpaper only rubs in. Comes with the burr already turned.",
    facts: [["Steel", "0.8 mm"], ["Size", "150 x 62 mm"], ["Burr", "Turned by hand"]],
  },
  {
    slug: "shuttle", name: "Loom shuttle", kind: "Tools", pence: 2280, unit: "each", left: 3,
    text: "Light enough for a quick hand, with rollers that do not sing. The bobbin is yours to wind.",
    facts: [["Wood", "Maple"], ["Length", "32 cm"], ["Bobbin", "10 cm"]],
  },
  {
    slug: "brush", name: "Bench brush", kind: "Tools", pence: 1250, unit: "each", left: 14,
    text: "House rule one, with a handle. Horsehair, dense, and long enough to get behind the vice.",
    facts: [["Hair", "Horse"], ["Handle", "Oiled beech"], ["Hangs", "On any nail"]],
  },
];

export const find = (slug: string): Item | undefined => items.find((item) => item.slug === slug);

const pounds = new Intl.NumberFormat("en-GB", { style: "currency", currency: "GBP" });
export const money = (pence: number): string => pounds.format(pence / 100);
