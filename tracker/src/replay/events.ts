// What is kept of an event of the recorder. Everything is masked here, in one place,
// and what nobody thought of is left out: only what is built anew below is stored.

import { IncrementalSource as Source, type incrementalData, type eventWithTime, type mutationData } from "@rrweb/types";
import { redactURL } from "../redact";
import { declared, isPlain, rule } from "./css";
import { isSecret, textsIn, valueOf } from "./mask";
import { attributes, node, text, type Find } from "./nodes";

const enum Type {
  DomContentLoaded,
  Load,
  FullSnapshot,
  Incremental,
  Meta,
}

// Numbers and what is made of them.
const bare = (given: unknown): unknown => {
  if (Array.isArray(given)) return given.map(bare);
  if (typeof given !== "object" || given === null) return typeof given === "number" || typeof given === "boolean" ? given : null;
  return Object.fromEntries(
    Object.entries(given)
      .filter(([, value]) => value !== undefined && typeof value !== "string")
      .map(([key, value]) => [key, bare(value)]),
  );
};

// Fields of which it was told that something is in them.
const told = new WeakSet<Node>();

// Returns what makes events fit to be stored: undefined for one that is not kept.
export const filter = (find: Find) => {
  // Frames are not recorded, whoever they belong to.
  const ours = (id: number): Node | null => {
    const found = find(id);
    return found && (found === document || found.ownerDocument === document) ? found : null;
  };

  const mutation = (given: mutationData): object | undefined => {
    if (given.isAttachIframe) return undefined;
    const kept = {
      source: given.source,
      texts: given.texts.flatMap(({ id, value }) => {
        const found = ours(id);
        const parent = found?.parentNode;
        const tag = parent instanceof Element ? parent.localName : "";
        return found ? [{ id, value: text(value ?? "", textsIn(parent), tag) }] : [];
      }),
      attributes: given.attributes.flatMap(({ id, attributes: changed }) => {
        const found = ours(id);
        if (!(found instanceof Element)) return [];
        const clean = attributes(found.localName, changed, found);
        return Object.keys(clean).length ? [{ id, attributes: clean }] : [];
      }),
      removes: given.removes.map(({ id, parentId, isShadow }) => ({ id, parentId, ...(isShadow && { isShadow }) })),
      adds: given.adds.flatMap(({ parentId, nextId, previousId, node: added }) => {
        const parent = ours(parentId);
        const clean = parent && node(added, textsIn(parent), ours, parent instanceof Element ? parent.localName : "");
        return clean ? [{ parentId, nextId, ...(previousId !== undefined && { previousId }), node: clean }] : [];
      }),
    };
    return kept.texts.length + kept.attributes.length + kept.removes.length + kept.adds.length ? kept : undefined;
  };

  const input = (id: number, value: string): string | undefined => {
    const field = ours(id);
    if (!(field instanceof Element)) return undefined;
    if (isSecret(field)) {
      // How often it changes would tell how long it is.
      if (told.has(field) || !value) return undefined;
      told.add(field);
    }
    return valueOf(field, value);
  };

  const incremental = (given: incrementalData): unknown => {
    const { source } = given;
    switch (source) {
      case Source.Mutation:
        return mutation(given);
      case Source.MouseMove:
      case Source.TouchMove:
      case Source.Drag:
        return { source, positions: given.positions.filter(({ id }) => ours(id)).map(bare) };
      case Source.MouseInteraction:
      case Source.Scroll:
        return ours(given.id) ? bare(given) : undefined;
      case Source.ViewportResize:
        return bare(given);
      case Source.Selection:
        return { source, ranges: given.ranges.filter(({ start, end }) => ours(start) && ours(end)).map(bare) };
      case Source.Input: {
        const value = input(given.id, given.text);
        return value === undefined ? undefined : { source, id: given.id, text: value, isChecked: false };
      }
      case Source.StyleSheetRule:
        return {
          ...(bare({ source, id: given.id, styleId: given.styleId, removes: given.removes }) as object),
          ...(given.adds && { adds: given.adds.map((added) => ({ rule: rule(added.rule), index: bare(added.index) ?? 0 })) }),
          ...(given.replace !== undefined && { replace: rule(given.replace) }),
          ...(given.replaceSync !== undefined && { replaceSync: rule(given.replaceSync) }),
        };
      case Source.AdoptedStyleSheet:
        return {
          ...(bare({ source, id: given.id, styleIds: given.styleIds }) as object),
          ...(given.styles && {
            styles: given.styles.map(({ styleId, rules }) => ({ styleId, rules: rules.map((added) => ({ rule: rule(added.rule), index: bare(added.index) ?? 0 })) })),
          }),
        };
      case Source.StyleDeclaration: {
        const { set, remove } = given;
        const value = set && declared(set.property, set.value);
        if (value === undefined && !(remove && declared(remove.property, "") !== undefined)) return undefined;
        return {
          ...(bare({ source, id: given.id, styleId: given.styleId, index: given.index }) as object),
          ...(set && value !== undefined && { set: { property: set.property, value, ...(set.priority === "important" && { priority: "important" }) } }),
          ...(remove && { remove: { property: remove.property } }),
        };
      }
      case Source.CustomElement: {
        const name = given.define?.name ?? "";
        return /^[\w.-]{1,64}$/.test(name) && isPlain(name) ? { source, define: { name } } : undefined;
      }
      default:
        return undefined;
    }
  };

  return (event: eventWithTime): object | undefined => {
    const { timestamp } = event;
    const type = event.type as number;
    switch (type) {
      case Type.DomContentLoaded:
      case Type.Load:
        return { type, data: {}, timestamp };
      case Type.Meta: {
        const { href, width, height } = event.data as { href: string; width: number; height: number };
        const dark = matchMedia("(prefers-color-scheme:dark)").matches;
        return { type, data: { href: redactURL(new URL(href)), width, height, ...(dark && { dark }) }, timestamp };
      }
      case Type.FullSnapshot: {
        const { node: root, initialOffset } = event.data as { node: Parameters<typeof node>[0]; initialOffset: object };
        return { type, data: { node: node(root, textsIn(document), ours), initialOffset: bare(initialOffset) }, timestamp };
      }
      case Type.Incremental: {
        const data = incremental(event.data as incrementalData);
        return data ? { type, data, timestamp } : undefined;
      }
      default:
        return undefined;
    }
  };
};
