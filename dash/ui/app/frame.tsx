// What stands around every view: where one can go, which workspace, who one is.

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Button } from "../parts/button";
import { Icon } from "../parts/icon";
import { Popover } from "../parts/popover";
import { Segments } from "../parts/field";
import { reason, post } from "./api";
import { roleName, useSigned } from "./account";
import { Guide } from "./guide";
import { Palette, Shortcuts, useShortcuts } from "./shortcuts";
import { arrived, depth, link, type Place } from "./router";
import { setTheme, theme, type Theme } from "./theme";
import { ways } from "./ways";
import { toast } from "../parts/toast";

const isAt = (path: string, at: string): boolean => (path === "/" ? at === "/" : at === path || at.startsWith(path + "/"));

export function Frame({ place, children }: { place: Place; children: ComponentChildren }): JSX.Element {
  const [drawer, setDrawer] = useState(false);
  const [open, setOpen] = useState<"" | "palette" | "keys">("");
  const main = useRef<HTMLElement>(null);
  useShortcuts({ palette: () => setOpen("palette"), keys: () => setOpen("keys") });

  // A new view starts at its top, an old one where it was left.
  useLayoutEffect(() => {
    setDrawer(false);
    setOpen("");
    if (arrived() !== "document") scrollTo(0, arrived() === "history" ? depth() : 0);
  }, [place.path]);

  useEffect(() => {
    if (!drawer) return;
    const key = (e: KeyboardEvent): void => {
      if (e.key === "Escape") setDrawer(false);
    };
    addEventListener("keydown", key);
    return () => removeEventListener("keydown", key);
  }, [drawer]);

  return (
    <div class="frame">
      <a
        class="skip"
        href="#main"
        onClick={(e) => {
          e.preventDefault();
          main.current?.focus();
        }}
      >
        Skip to the content
      </a>
      <header class="top">
        <Button kind="quiet" icon="menu" aria-label="Menu" aria-pressed={drawer} onClick={() => setDrawer(!drawer)} />
        <a class="brand" href={link("/")} aria-label="Gait: overview">
          <Mark />
        </a>
        <span class="top-name">{useSigned().workspace.name}</span>
        <Button kind="quiet" icon="search" aria-label="Go to…" onClick={() => setOpen("palette")} />
      </header>
      <aside class="side" aria-label="Workspace and views" data-open={drawer || undefined}>
        <div class="side-in">
          <a class="brand" href={link("/")} aria-label="Gait: overview">
            <Mark />
            <span>Gait</span>
          </a>
          <WorkspaceMenu />
          <button type="button" class="side-search" onClick={() => setOpen("palette")}>
            <Icon name="search" />
            <span>Go to…</span>
            <kbd aria-hidden="true">Ctrl K</kbd>
          </button>
          <nav aria-label="Main">
            {ways.map((g) => (
              <div key={g.title} class="side-group">
                <p class="side-title" id={`ways-${g.title}`}>
                  {g.title}
                </p>
                <ul aria-labelledby={`ways-${g.title}`}>
                  {g.items.map((w) => (
                    <li key={w.path}>
                      <a class="side-link" href={link(w.path)} aria-current={isAt(w.path, place.path) ? "page" : undefined}>
                        <Icon name={w.icon} />
                        {w.name}
                      </a>
                    </li>
                  ))}
                </ul>
              </div>
            ))}
          </nav>
          <div class="side-foot">
            <AccountMenu keys={() => setOpen("keys")} />
          </div>
        </div>
      </aside>
      {drawer ? <div class="side-shade" onClick={() => setDrawer(false)} /> : null}
      <main id="main" tabIndex={-1} ref={main}>
        <Guide />
        {children}
      </main>
      {open === "palette" ? <Palette onClose={() => setOpen("")} /> : null}
      {open === "keys" ? <Shortcuts onClose={() => setOpen("")} /> : null}
    </div>
  );
}

export function Mark(): JSX.Element {
  return (
    <svg class="mark" width="24" height="24" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" />
      <path d="M6 20.5c4 0 4-10 8-10s4 11 8 11" />
      <circle cx="25.6" cy="17.6" r="2.4" />
    </svg>
  );
}

function WorkspaceMenu(): JSX.Element {
  const { account, workspace, choose } = useSigned();
  return (
    <Popover
      name="Workspaces"
      class="side-workspace"
      label={
        <>
          <span class="avatar" aria-hidden="true">
            {workspace.name.slice(0, 1).toUpperCase()}
          </span>
          <span class="side-workspace-name">
            <span class="visually-hidden">Workspace: </span>
            {workspace.name}
          </span>
        </>
      }
    >
      {(close) => (
        <div class="menu">
          <p class="menu-title">Workspaces</p>
          {account.workspaces.map((w) => (
            <button
              key={w.id}
              type="button"
              class="menu-item"
              aria-current={w.id === workspace.id || undefined}
              onClick={() => {
                close();
                if (w.id !== workspace.id) choose(w.id);
              }}
            >
              <span>{w.name}</span>
              {w.id === workspace.id ? <Icon name="check" label="shown" /> : <span class="soft">{roleName[w.role]}</span>}
            </button>
          ))}
          <hr />
          <a class="menu-item" href={link("/settings", { new: 1 })} onClick={close}>
            <Icon name="plus" />
            New workspace
          </a>
        </div>
      )}
    </Popover>
  );
}

function AccountMenu({ keys }: { keys: () => void }): JSX.Element {
  const { account, state, workspace } = useSigned();
  const [look, setLook] = useState<Theme>(theme());
  const leave = async (): Promise<void> => {
    try {
      await post("/account/sign-out");
      location.assign(link("/sign-in"));
    } catch (e) {
      toast(reason(e), true);
    }
  };
  return (
    <Popover
      name="Account"
      class="side-account"
      label={
        <>
          <span class="avatar round" aria-hidden="true">
            {(account.name || account.email).slice(0, 1).toUpperCase()}
          </span>
          <span class="side-account-name">
            <span>{account.name || account.email}</span>
            <span class="soft">{roleName[workspace.role]}</span>
          </span>
        </>
      }
    >
      {(close) => (
        <div class="menu">
          <p class="menu-title">{account.email}</p>
          <div class="menu-row">
            <Segments
              label="Theme"
              value={look}
              choices={[
                { value: "system", name: "System" },
                { value: "light", name: "Light" },
                { value: "dark", name: "Dark" },
              ]}
              onValue={(t) => {
                setTheme(t as Theme);
                setLook(t as Theme);
              }}
            />
          </div>
          <hr />
          <a class="menu-item" href={link("/account")} onClick={close}>
            <Icon name="user" />
            Your account
          </a>
          <button
            type="button"
            class="menu-item"
            onClick={() => {
              close();
              keys();
            }}
          >
            <Icon name="keyboard" />
            <span>Keyboard shortcuts</span>
            <kbd>?</kbd>
          </button>
          <button type="button" class="menu-item" onClick={() => void leave()}>
            <Icon name="leave" />
            Sign out
          </button>
          <p class="menu-title">Gait {state.version}</p>
        </div>
      )}
    </Popover>
  );
}
