// Nodes and their attributes as they may be stored: what is not on a list is left out.

import type { serializedNodeWithId } from "@rrweb/types";
import { css, declared, inline, isPlain } from "./css";
import { below, blocks, Texts, valueOf } from "./mask";

type Attributes = Record<string, unknown>;

// Finds the page's node of a number.
export type Find = (id: number) => Node | null;

// What is replaced by a box of its size.
export const BOXES = "img,picture,video,audio,canvas,iframe,frame,object,embed,image,[data-gait-block]";

// What the player draws a box by.
const BOX = "gait-box";

const WORDS = /^(class|id|role)$/;
const FLAGS = /^(disabled|readonly|multiple|open|hidden|reversed|nowrap|novalidate|inert|isolated)$/;
const STATES = /^aria-(hidden|expanded|disabled|busy|orientation)$/;
// Sizes and directions, and what SVG draws with.
const SHAPES =
  /^(width|height|rows|cols|size|colspan|rowspan|span|start|dir|lang|type|align|valign|bgcolor|border|cellpadding|cellspacing|charset|wrap|media|slot|part|popover|d|points|transform|viewbox|x|y|x1|x2|y1|y2|cx|cy|r|rx|ry|fx|fy|dx|dy|offset|opacity|preserveaspectratio|gradientunits|gradienttransform|patternunits|clippathunits|maskunits|spreadmethod|text-anchor|dominant-baseline|color|display|visibility|overflow|(fill|stroke|stop|clip|font)(-[a-z]+)*|mask|filter|marker-(start|mid|end)|vector-effect|pathlength|textlength|lengthadjust|rotate)$/;
const SHAPE = /^[-\w.,:;%#()\s+/]*$/;
const PAINT = /^url\(["']?#[\w-]{1,64}["']?\)$/;
// What rrweb measures.
const MEASURED = /^rr_(width|height|scrollLeft|scrollTop|open_mode)$/;

const words = (text: string): string =>
  text
    .split(/\s+/)
    .filter((word) => word.length <= 80 && isPlain(word))
    .join(" ");

const attribute = (tag: string, name: string, value: unknown, field: Element | null): unknown => {
  if (MEASURED.test(name)) return typeof value === "number" || /^(-?[\d.]+(px)?|(non-)?modal)$/.test(String(value)) ? value : undefined;
  // A change may have taken the attribute away.
  if (value === null) return isKept(name) ? null : undefined;
  if (name === "value") return field ? valueOf(field, String(value)) : undefined;
  if (name === "_cssText") return css(String(value));
  if (name === "style") return typeof value === "string" ? inline(value) : styles(value);
  const lower = name.toLowerCase();
  if (lower === "placeholder" || (lower === "label" && tag === "optgroup")) return blocks(String(value));
  if (WORDS.test(lower)) return words(String(value));
  if (FLAGS.test(lower)) return "";
  if (STATES.test(lower)) return /^(true|false|horizontal|vertical)$/.test(String(value)) ? value : undefined;
  if (lower === "href" || lower === "xlink:href") return reference(tag, String(value));
  // The player could not draw blocks in a field for numbers.
  if (lower === "type" && tag === "input" && value === "number") return "text";
  if (!SHAPES.test(lower)) return undefined;
  const text = String(value);
  if (/^(fill|stroke|clip-path|mask|filter|marker-\w+)$/.test(lower) && PAINT.test(text)) return isPlain(text) ? text : undefined;
  if (/^(d|points|transform|viewbox|gradienttransform)$/.test(lower)) return /^[-\w.,()\s+]*$/.test(text) ? text : undefined;
  return text.length <= 200 && SHAPE.test(text) && !/url\(/i.test(text) && isPlain(text) ? text : undefined;
};

const isKept = (name: string): boolean =>
  [WORDS, FLAGS, STATES, SHAPES, /^(style|href|xlink:href|placeholder)$/].some((list) => list.test(name.toLowerCase()));

// Of links, that they are links; of drawings, what they take from their own document.
const reference = (tag: string, value: string): string | undefined => {
  if (/^(a|area)$/.test(tag)) return "#";
  return /^#[\w-]{1,64}$/.test(value) && isPlain(value) ? value : undefined;
};

// The properties of a style attribute that changed: false is one that went.
const styles = (changed: unknown): Record<string, unknown> => {
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries((changed ?? {}) as Record<string, unknown>)) {
    const [text, priority] = Array.isArray(value) ? (value as unknown[]) : [value];
    const clean = declared(name, text);
    if (text === false) kept[name] = false;
    else if (clean !== undefined) kept[name] = priority === "important" ? [clean, priority] : clean;
  }
  return kept;
};

export const attributes = (tag: string, given: object, field: Element | null): Attributes => {
  const kept: Attributes = "rr_width" in given ? { class: BOX } : {};
  for (const [name, value] of Object.entries(given) as [string, unknown][]) {
    if (value === undefined) continue;
    const clean = attribute(tag, name, value, field);
    if (clean !== undefined) kept[name] = name === "class" && kept[name] ? `${clean as string} ${BOX}` : clean;
  }
  return kept;
};

const enum Type {
  Document,
  DocumentType,
  Element,
  Text,
}

// A node with all that is below it, undefined for one that is not recorded.
export const node = (given: serializedNodeWithId, around: Texts, find: Find, parent = ""): object | undefined => {
  // Those of a frame's document have another root.
  if (given.rootId !== undefined && find(given.rootId) !== document) return undefined;
  const { id } = given;
  const children = (nodes: serializedNodeWithId[], texts: Texts, tag: string): object[] => {
    const kept: object[] = [];
    for (const child of nodes) {
      const clean = node(child, texts, find, tag);
      if (clean) kept.push(clean);
    }
    return kept;
  };
  const of = given as unknown as {
    type: Type;
    name: string;
    tagName: string;
    attributes: Attributes;
    textContent: string;
    childNodes: serializedNodeWithId[];
    compatMode?: string;
    publicId?: string;
    isSVG?: true;
    isCustom?: true;
    isShadow?: boolean;
    isShadowHost?: boolean;
  };
  const marks = { ...(of.isShadow && { isShadow: true }), ...(of.isShadowHost && { isShadowHost: true }) };
  switch (of.type) {
    case Type.Document:
      return { type: of.type, id, childNodes: children(of.childNodes, around, ""), ...(of.compatMode === "BackCompat" && { compatMode: "BackCompat" }) };
    case Type.DocumentType:
      return { type: of.type, id, name: /^\w{1,16}$/.test(of.name) ? of.name : "html", publicId: /^-\/\/W3C\/\/[\w\s./]{1,60}$/.test(of.publicId ?? "") ? of.publicId : "", systemId: "" };
    case Type.Element: {
      const tag = /^[\w:.-]{1,64}$/.test(of.tagName) && isPlain(of.tagName) ? of.tagName : "div";
      const texts = below(around, of.tagName, (name) => of.attributes[name]);
      const live = find(id);
      return {
        type: of.type,
        id,
        tagName: tag,
        attributes: attributes(tag, of.attributes, live instanceof Element ? live : null),
        childNodes: children(of.childNodes, texts, tag),
        ...(of.isSVG && { isSVG: true }),
        ...(of.isCustom && { isCustom: true }),
        ...marks,
      };
    }
    case Type.Text:
      return { type: of.type, id, textContent: text(of.textContent, around, parent), ...marks };
    default:
      return undefined;
  }
};

export const text = (given: string, around: Texts, parent: string): string => {
  if (parent === "style") return css(given);
  return around === Texts.Shown ? given : blocks(given);
};
