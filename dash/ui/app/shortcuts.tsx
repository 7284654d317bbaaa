// The keyboard: letters that go somewhere, and a palette that finds where.

import type { JSX } from "preact";
import { useEffect, useId, useMemo, useRef, useState } from "preact/hooks";
import { Dialog } from "../parts/dialog";
import { Icon, type IconName } from "../parts/icon";
import { useSigned } from "./account";
import { go, link } from "./router";
import { setTheme } from "./theme";
import { ways } from "./ways";

/** After g. */
const letters: Record<string, string> = { o: "/", s: "/sessions", u: "/users", t: "/tags", r: "/routes", p: "/policy", i: "/install", k: "/keys", m: "/members", a: "/account" };

/** How long after g the second letter counts, in ms. */
const patience = 1200;

/** Whether the key goes into something that takes text. */
export function typing(e: KeyboardEvent): boolean {
  const t = e.target;
  if (!(t instanceof HTMLElement)) return false;
  return t.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(t.tagName);
}

/** Keys that are the browser's or a dialog's. */
const taken = (e: KeyboardEvent): boolean => e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey || typing(e) || document.querySelector("dialog[open]") !== null;

export function useShortcuts({ palette, keys }: { palette: () => void; keys: () => void }): void {
  const led = useRef(0);
  useEffect(() => {
    const down = (e: KeyboardEvent): void => {
      if ((e.ctrlKey || e.metaKey) && !e.altKey && !e.shiftKey && e.key.toLowerCase() === "k") {
        e.preventDefault();
        palette();
        return;
      }
      if (taken(e)) return;
      if (Date.now() - led.current < patience) {
        led.current = 0;
        const to = letters[e.key];
        if (to) {
          e.preventDefault();
          go(link(to));
          return;
        }
      }
      if (e.key === "g") led.current = Date.now();
      else if (e.key === "?") keys();
      else if (e.key === "/") {
        const field = document.querySelector<HTMLInputElement>("input[data-search]");
        e.preventDefault();
        if (field) field.focus();
        else palette();
      }
    };
    addEventListener("keydown", down);
    return () => removeEventListener("keydown", down);
  }, []);
}

/** Calls the functions for keys that are not part of something else. */
export function useKeys(map: Record<string, (e: KeyboardEvent) => void>): void {
  const latest = useRef(map);
  latest.current = map;
  useEffect(() => {
    const down = (e: KeyboardEvent): void => {
      if (taken(e)) return;
      latest.current[e.key]?.(e);
    };
    addEventListener("keydown", down);
    return () => removeEventListener("keydown", down);
  }, []);
}

interface Command {
  name: string;
  hint?: string;
  icon: IconName;
  run: () => void;
}

const hex = /^[0-9a-f]{32}$/i;

export function Palette({ onClose }: { onClose: () => void }): JSX.Element {
  const { account, workspace, choose } = useSigned();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const id = useId();
  const list = useRef<HTMLUListElement>(null);

  const all = useMemo<Command[]>(() => {
    const keyOf = new Map(Object.entries(letters).map(([k, path]) => [path, k]));
    return [
      ...ways.flatMap((g) => g.items).map((w) => ({ name: w.name, hint: keyOf.has(w.path) ? `g ${keyOf.get(w.path)}` : "", icon: w.icon, run: () => go(link(w.path)) })),
      { name: "Your account", hint: "g a", icon: "user", run: () => go(link("/account")) },
      { name: "Sessions that are live", icon: "live", run: () => go(link("/sessions", { status: "live" })) },
      { name: "Sessions scored 70 or more", icon: "reject", run: () => go(link("/sessions", { min: 70 })) },
      { name: "Theme: light", icon: "sun", run: () => setTheme("light") },
      { name: "Theme: dark", icon: "moon", run: () => setTheme("dark") },
      { name: "Theme: as the system", icon: "screen", run: () => setTheme("system") },
      ...account.workspaces.filter((w) => w.id !== workspace.id).map((w): Command => ({ name: `Workspace: ${w.name}`, icon: "refresh", run: () => choose(w.id) })),
    ];
  }, [account, workspace]);

  const words = text.trim().toLowerCase();
  const found = all.filter((c) => c.name.toLowerCase().includes(words));
  if (hex.test(words)) found.unshift({ name: `Open session ${words}`, icon: "right", run: () => go(link(`/sessions/${words}`)) });
  else if (words) found.push({ name: `Search sessions for “${text.trim()}”`, icon: "search", run: () => go(link("/sessions", { q: text.trim() })) });

  const run = (c: Command | undefined): void => {
    if (!c) return;
    onClose();
    c.run();
  };
  const move = (e: KeyboardEvent): void => {
    if (e.key === "ArrowDown" || e.key === "ArrowUp") {
      e.preventDefault();
      const next = (at + (e.key === "ArrowDown" ? 1 : -1) + found.length) % Math.max(1, found.length);
      setAt(next);
      list.current?.children[next]?.scrollIntoView({ block: "nearest" });
    } else if (e.key === "Enter") {
      e.preventDefault();
      run(found[at]);
    }
  };
  return (
    <Dialog title="Go to" bare onClose={onClose}>
      <div class="palette">
        <label class="palette-field">
          <Icon name="search" />
          <span class="visually-hidden">View, setting or session</span>
          <input
            type="text"
            autoFocus
            role="combobox"
            aria-expanded="true"
            aria-controls={`${id}-list`}
            aria-activedescendant={found.length ? `${id}-${at}` : undefined}
            autoComplete="off"
            placeholder="A view, a setting, a session's id, or words to search for"
            value={text}
            onInput={(e) => {
              setText(e.currentTarget.value);
              setAt(0);
            }}
            onKeyDown={move}
          />
        </label>
        <ul class="palette-list" role="listbox" aria-label="Where to" id={`${id}-list`} ref={list}>
          {found.map((c, i) => (
            <li key={c.name} id={`${id}-${i}`} role="option" class="menu-item" aria-selected={i === at} onClick={() => run(c)} onMouseMove={() => setAt(i)}>
              <Icon name={c.icon} />
              <span>{c.name}</span>
              {c.hint ? <kbd>{c.hint}</kbd> : <span />}
            </li>
          ))}
        </ul>
      </div>
    </Dialog>
  );
}

const described: [keys: string, what: string][] = [
  ["g o", "Overview"],
  ["g s", "Sessions"],
  ["g u", "Users"],
  ["g t", "Tags"],
  ["g r", "Routes"],
  ["g p", "Policy"],
  ["g i", "Install"],
  ["g a", "Your account"],
  ["Ctrl K", "Go to anything"],
  ["/", "Search what is listed"],
  ["j k", "Next and previous in a list"],
  ["Enter", "Open it"],
  ["e E", "Next and previous evidence of a session"],
  ["Esc", "Close what is open"],
  ["?", "This list"],
];

export function Shortcuts({ onClose }: { onClose: () => void }): JSX.Element {
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose}>
      <dl class="keys">
        {described.map(([keys, what]) => (
          <div key={keys}>
            <dt>
              {keys.split(" ").map((k) => (
                <kbd key={k}>{k}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
