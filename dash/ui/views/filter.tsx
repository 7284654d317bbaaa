// Adds a filter: what by, then which.

import type { JSX } from "preact";
import { useId, useState } from "preact/hooks";
import { useLoad } from "../app/api";
import { type FilterKey, kinds, value } from "../app/filters";
import { setQuery } from "../app/router";
import { useBands } from "../app/shared";
import type { Check, GroupRow, List } from "../app/types";
import { bandName, bands as order } from "../parts/badge";
import { Button } from "../parts/button";
import { TextField } from "../parts/field";
import { Icon } from "../parts/icon";
import { Popover } from "../parts/popover";

export function AddFilter({ query, checks }: { query: URLSearchParams; checks: Check[] }): JSX.Element {
  const [kind, setKind] = useState<FilterKey>();
  return (
    <Popover label="Filter" name="Add a filter" icon="filter" class="button plain">
      {(close) => {
        const done = (change: Record<string, string | number>): void => {
          setQuery(change, false);
          setKind(undefined);
          close();
        };
        return kind ? (
          <Choose key={kind} kind={kind} query={query} checks={checks} back={() => setKind(undefined)} done={done} />
        ) : (
          <div class="menu">
            <p class="menu-title">Filter by</p>
            {kinds.map((k) => (
              <button key={k.key} type="button" class="menu-item" onClick={() => setKind(k.key)}>
                <span>{k.name}</span>
                <Icon name="right" size={12} />
              </button>
            ))}
          </div>
        );
      }}
    </Popover>
  );
}

interface ChooseProps {
  kind: FilterKey;
  query: URLSearchParams;
  checks: Check[];
  back: () => void;
  done: (change: Record<string, string | number>) => void;
}

function Choose({ kind, query, checks, back, done }: ChooseProps): JSX.Element {
  const k = kinds.find((x) => x.key === kind);
  const choices = kind === "flag" || kind === "unknown" ? checks.map((c) => c.key) : k?.choices;
  return (
    <div class="menu">
      <button type="button" class="menu-item menu-back" onClick={back} autofocus>
        <Icon name="left" size={12} />
        {k?.name}
      </button>
      {kind === "score" ? (
        <Score query={query} done={done} />
      ) : choices ? (
        <div class="menu menu-scroll">
          {choices.map((c) => (
            <button key={c} type="button" class="menu-item" onClick={() => done({ [kind]: c })}>
              {value(kind, c, checks)}
            </button>
          ))}
        </div>
      ) : (
        <Free kind={kind} hint={k?.hint} was={query.get(kind) ?? ""} done={done} />
      )}
    </div>
  );
}

function Score({ query, done }: Pick<ChooseProps, "query" | "done">): JSX.Element {
  const bands = useBands();
  const [min, setMin] = useState(query.get("min") ?? "");
  const [max, setMax] = useState(query.get("max") ?? "");
  const limits = [0, bands.monitor, bands.review, bands.reject, 101];
  return (
    <>
      {order.map((b, i) => {
        const from = limits[i] ?? 0;
        const to = (limits[i + 1] ?? 101) - 1;
        return (
          <button key={b} type="button" class="menu-item" onClick={() => done({ min: from || "", max: to < 100 ? to : "" })}>
            <span class="tinted" data-tone={b}>
              <Icon name={b} size={14} /> {bandName[b]}
            </span>
            <span class="soft num">
              {from} to {to}
            </span>
          </button>
        );
      })}
      <hr />
      <form
        class="pad pair"
        onSubmit={(e) => {
          e.preventDefault();
          done({ min, max });
        }}
      >
        <TextField label="From" type="number" min={0} max={100} inputMode="numeric" value={min} onValue={setMin} />
        <TextField label="To" type="number" min={0} max={100} inputMode="numeric" value={max} onValue={setMax} />
        <Button type="submit" kind="primary">
          Apply
        </Button>
      </form>
    </>
  );
}

function Free({ kind, hint, was, done }: { kind: FilterKey; hint: string | undefined; was: string; done: ChooseProps["done"] }): JSX.Element {
  const [text, setText] = useState(was);
  const id = useId();
  const group = kind === "tag" || kind === "route" ? kind : undefined;
  const known = useLoad<List<GroupRow>>(group ? `/${group}s` : "", {});
  const names = (group && known.data?.items.map((r) => r[group] ?? "")) || [];
  const found = names.filter((n) => n.toLowerCase().includes(text.toLowerCase())).slice(0, 8);
  return (
    <form
      class="pad stack"
      onSubmit={(e) => {
        e.preventDefault();
        if (text.trim()) done({ [kind]: kind === "country" ? text.trim().toUpperCase() : text.trim() });
      }}
    >
      <TextField label="Is exactly" hint={hint} autoFocus required value={text} onValue={setText} />
      {found.length ? (
        <div class="menu" id={id} role="group" aria-label="Known ones">
          {found.map((n) => (
            <button key={n} type="button" class="menu-item" onClick={() => done({ [kind]: n })}>
              {n}
            </button>
          ))}
        </div>
      ) : null}
      <Button type="submit" kind="primary">
        Apply
      </Button>
    </form>
  );
}
