// One of several panels at a time. Arrow keys go from tab to tab.

import type { ComponentChildren, JSX } from "preact";
import { useId, useRef } from "preact/hooks";

export interface Tab {
  key: string;
  name: string;
  body: () => ComponentChildren;
}

export function Tabs({ label, tabs, open, onOpen }: { label: string; tabs: Tab[]; open: string; onOpen: (key: string) => void }): JSX.Element {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const at = Math.max(0, tabs.findIndex((t) => t.key === open));
  const move = (e: KeyboardEvent): void => {
    const by = { ArrowRight: 1, ArrowLeft: -1, Home: -at, End: tabs.length - 1 - at }[e.key];
    if (by === undefined) return;
    e.preventDefault();
    const next = (at + by + tabs.length) % tabs.length;
    onOpen(tabs[next]?.key ?? "");
    (list.current?.children[next] as HTMLElement | undefined)?.focus();
  };
  return (
    <div class="tabs">
      <div class="tab-list" role="tablist" aria-label={label} ref={list} onKeyDown={move}>
        {tabs.map((t, i) => (
          <button
            type="button"
            role="tab"
            class="tab"
            key={t.key}
            id={`${id}-${t.key}`}
            aria-selected={i === at}
            aria-controls={`${id}-panel`}
            tabIndex={i === at ? 0 : -1}
            onClick={() => onOpen(t.key)}
          >
            {t.name}
          </button>
        ))}
      </div>
      <div class="tab-panel" role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${tabs[at]?.key}`} tabIndex={0}>
        {tabs[at]?.body()}
      </div>
    </div>
  );
}
