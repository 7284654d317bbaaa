// The frame of a view: its title in the document and as its first heading, what
// one can do with the whole, and the body.

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";

let first = true;

interface PageProps {
  title: string;
  /** In the document's title, where it says more than the heading. */
  documentTitle?: string;
  lead?: ComponentChildren;
  actions?: ComponentChildren;
  narrow?: boolean;
  children: ComponentChildren;
}

export function Page({ title, documentTitle, lead, actions, narrow = false, children }: PageProps): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => {
    document.title = `${documentTitle ?? title} · Gait`;
  }, [title, documentTitle]);
  // A new view takes the focus, so that a screen reader says where one is; not on
  // the first, which the document's own title has announced.
  useEffect(() => {
    if (!first) heading.current?.focus({ preventScroll: true });
    first = false;
  }, []);
  return (
    <div class={narrow ? "page narrow" : "page"}>
      <header class="page-head">
        <div class="page-title">
          <h1 tabIndex={-1} ref={heading}>
            {title}
          </h1>
          {lead ? <p class="soft">{lead}</p> : null}
        </div>
        {actions ? <div class="page-actions">{actions}</div> : null}
      </header>
      {children}
    </div>
  );
}

/** A part of a view on a surface of its own. */
export function Card({ title, aside, lead, children, class: extra = "" }: { title?: ComponentChildren; aside?: ComponentChildren; lead?: ComponentChildren; children: ComponentChildren; class?: string }): JSX.Element {
  return (
    <section class={`card ${extra}`}>
      {title || aside ? (
        <header class="card-head">
          <h2>{title}</h2>
          {aside}
        </header>
      ) : null}
      {lead ? <p class="card-lead soft">{lead}</p> : null}
      {children}
    </section>
  );
}
