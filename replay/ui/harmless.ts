// Events as they may be played. What the recorder sends is masked and loads nothing, but
// anybody may send chunks, and whoever looks at a replay shall contact nobody by it: not
// by what is drawn, which the page's policy forbids too, and not by what no policy
// covers, as a link that has the browser connect somewhere in advance. So everything is
// built anew here from the lists that the recorder has, and what is on none is left out.

import * as recorder from "../../tracker/src/replay/css";
import { attributes } from "../../tracker/src/replay/nodes";
import { EventType as Type, type eventWithTime, IncrementalSource as Source, NodeType as Kind } from "@rrweb/types";

// A style sheet as the visitor's browser took it, whatever whoever looks at it prefers.
const inScheme = (text: string, dark: boolean): string =>
  text
    .replace(/\(\s*prefers-color-scheme\s*:\s*(light|dark)\s*\)/gi, (_, scheme: string) => ((scheme.toLowerCase() === "dark") === dark ? "(min-width: 0px)" : "(max-width: 0px)"))
    .replace(/\bcolor-scheme\s*:\s*(light\s+dark|dark\s+light)/gi, `color-scheme: ${dark ? "dark" : "light"}`);

type Fields = Record<string, unknown>;

const fields = (given: unknown): Fields => (typeof given === "object" && given !== null ? (given as Fields) : {});
const list = (given: unknown): Fields[] => (Array.isArray(given) ? given.map(fields) : []);
const word = (given: unknown): string => (typeof given === "string" ? given : "");

// Numbers, and what is made of them.
const bare = (given: unknown): unknown => {
  if (Array.isArray(given)) return given.map(bare);
  if (typeof given !== "object" || given === null) return typeof given === "number" || typeof given === "boolean" ? given : null;
  return numbers(given as Fields);
};

const numbers = (given: Fields, ...left: string[]): Fields =>
  Object.fromEntries(
    Object.entries(given)
      .filter(([key, value]) => !left.includes(key) && value !== undefined && typeof value !== "string")
      .map(([key, value]) => [key, bare(value)]),
  );

// What holds another document, or a plugin, is drawn as a box at most.
const FRAMES = /^(iframe|frame|fencedframe|portal|object|embed|applet)$/i;
const FRAME = "gait-frame";

// What is in these is read as a style sheet.
const isSheet = (tag: string | undefined): boolean => /^(style|link)$/i.test(tag ?? "");

// Returns what makes the events of one page harmless, in their order; undefined for one
// that is not played.
export const harmless = (): ((event: unknown) => eventWithTime | undefined) => {
  const tags = new Map<unknown, string>(); // of elements, by number
  const parents = new Map<unknown, string>(); // the tag around a text, by its number

  let dark = false; // the visitor's browser

  const css = (text: string): string => inScheme(recorder.css(text), dark);
  const rule = (text: unknown): string => inScheme(recorder.rule(text), dark);
  const rules = (given: unknown): Fields[] => list(given).map((added) => ({ rule: rule(added["rule"]), index: bare(added["index"] ?? 0) }));

  const attributesOf = (tag: string, given: Fields): Fields => {
    const { value } = given;
    const kept = attributes(tag, { ...given, value: undefined }, null);
    const text = kept["_cssText"];
    return { ...kept, ...(typeof text === "string" && { _cssText: inScheme(text, dark) }), ...(typeof value === "string" && { value }) };
  };

  const node = (given: Fields, parent: string, top: boolean): Fields | undefined => {
    const { type, id } = given;
    const children = (tag: string): Fields[] => list(given["childNodes"]).map((child) => node(child, tag, false)).filter((made) => made !== undefined);
    const marks = { ...(given["isShadow"] === true && { isShadow: true }), ...(given["isShadowHost"] === true && { isShadowHost: true }) };
    switch (type) {
      case Kind.Document:
        return top ? { type, id, childNodes: children(""), ...(given["compatMode"] === "BackCompat" && { compatMode: "BackCompat" }) } : undefined;
      case Kind.DocumentType:
        return { type, id, name: "html", publicId: word(given["publicId"]), systemId: "" };
      case Kind.Element: {
        const named = word(given["tagName"]);
        const tagName = FRAMES.test(named) ? FRAME : /^[\w:.-]{1,64}$/.test(named) ? named : "div";
        tags.set(id, tagName);
        return {
          type,
          id,
          tagName,
          attributes: attributesOf(tagName, fields(given["attributes"])),
          childNodes: children(tagName),
          ...(given["isSVG"] === true && { isSVG: true }),
          ...(given["isCustom"] === true && { isCustom: true }),
          ...marks,
        };
      }
      case Kind.Text: {
        parents.set(id, parent);
        const text = word(given["textContent"]);
        return { type, id, textContent: isSheet(parent) ? css(text) : text, ...marks };
      }
      default:
        return undefined;
    }
  };

  const mutation = (given: Fields): Fields => ({
    source: Source.Mutation,
    removes: list(given["removes"]).map((removed) => numbers(removed)),
    adds: list(given["adds"]).flatMap((added) => {
      const made = node(fields(added["node"]), tags.get(added["parentId"]) ?? "", false);
      return made ? [{ ...numbers(added, "node"), node: made }] : [];
    }),
    texts: list(given["texts"]).map(({ id, value }) => ({ id: bare(id), value: isSheet(parents.get(id)) ? css(word(value)) : word(value) })),
    attributes: list(given["attributes"]).map(({ id, attributes: changed }) => ({ id: bare(id), attributes: attributesOf(tags.get(id) ?? "", fields(changed)) })),
  });

  const incremental = (given: Fields): Fields | undefined => {
    const { source } = given;
    switch (source) {
      case Source.Mutation:
        return mutation(given);
      case Source.MouseMove:
      case Source.TouchMove:
      case Source.Drag:
      case Source.MouseInteraction:
      case Source.Scroll:
      case Source.ViewportResize:
      case Source.Selection:
        return numbers(given);
      case Source.Input:
        return { ...numbers(given), text: word(given["text"]) };
      case Source.StyleSheetRule:
        return {
          ...numbers(given, "adds"),
          ...(given["adds"] !== undefined && { adds: rules(given["adds"]) }),
          ...(typeof given["replace"] === "string" && { replace: rule(given["replace"]) }),
          ...(typeof given["replaceSync"] === "string" && { replaceSync: rule(given["replaceSync"]) }),
        };
      case Source.AdoptedStyleSheet:
        return {
          ...numbers(given, "styles"),
          ...(given["styles"] !== undefined && { styles: list(given["styles"]).map((style) => ({ styleId: bare(style["styleId"]), rules: rules(style["rules"]) })) }),
        };
      case Source.StyleDeclaration: {
        const [set, remove] = [fields(given["set"]), fields(given["remove"])];
        const [name, gone] = [word(set["property"]), word(remove["property"])];
        const value = name ? recorder.declared(name, set["value"]) : undefined;
        return {
          ...numbers(given, "set", "remove"),
          ...(value !== undefined && { set: { property: name, value, ...(set["priority"] === "important" && { priority: "important" }) } }),
          ...(gone && { remove: { property: gone } }),
        };
      }
      case Source.CustomElement: {
        const name = word(fields(given["define"])["name"]);
        return /^[\w.-]{1,64}$/.test(name) ? { source, define: { name } } : undefined;
      }
      default:
        return undefined;
    }
  };

  const data = (type: unknown, given: Fields): Fields | undefined => {
    switch (type) {
      case Type.DomContentLoaded:
      case Type.Load:
        return {};
      case Type.Meta:
        dark = given["dark"] === true;
        return { ...numbers(given), href: "" };
      case Type.FullSnapshot: {
        const root = node(fields(given["node"]), "", true);
        return root?.["type"] === Kind.Document ? { node: root, initialOffset: numbers(fields(given["initialOffset"])) } : undefined;
      }
      case Type.IncrementalSnapshot:
        return incremental(given);
      default:
        return undefined;
    }
  };

  return (event) => {
    const { type, timestamp, data: given } = fields(event);
    try {
      const made = typeof timestamp === "number" ? data(type, fields(given)) : undefined;
      return made && ({ type, data: made, timestamp } as unknown as eventWithTime);
    } catch {
      return undefined; // nested deeper than anything that a page holds
    }
  };
};
