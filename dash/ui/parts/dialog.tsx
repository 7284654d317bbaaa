// Windows above the page: the browser's own dialog keeps the focus in and the
// rest out.

import type { ComponentChildren, JSX } from "preact";
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Button, type ButtonKind } from "./button";

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
  actions?: ComponentChildren;
  wide?: boolean;
  /** Leaves the title to the screen reader. */
  bare?: boolean;
  /** Closes by its buttons only: it shows what is not shown again. */
  firm?: boolean;
}

export function Dialog({ title, onClose, children, actions, wide = false, bare = false, firm = false }: DialogProps): JSX.Element {
  const ref = useRef<HTMLDialogElement>(null);
  const gone = useRef(false);
  const id = useId();
  // Not a passive effect: those end after the dialog has left the document, and the focus with it.
  useLayoutEffect(() => {
    const dialog = ref.current;
    const before = document.activeElement;
    dialog?.showModal();
    return () => {
      gone.current = true;
      dialog?.close(); // nothing beneath an open one can have the focus
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={ref}
      class={`dialog${wide ? " wide" : ""}${bare ? " bare" : ""}`}
      aria-labelledby={id}
      closedby={firm ? "none" : "closerequest"}
      onClose={() => {
        if (!gone.current) onClose();
      }}
      onCancel={(e) => {
        e.preventDefault();
        if (!firm) onClose();
      }}
      onClick={(e) => !firm && e.target === ref.current && onClose()}
    >
      <div class="dialog-in">
        <header class={bare ? "visually-hidden" : "dialog-head"}>
          <h2 id={id}>{title}</h2>
          {bare || firm ? null : <Button kind="quiet" small icon="close" aria-label="Close" onClick={onClose} />}
        </header>
        <div class="dialog-body">{children}</div>
        {actions ? <footer class="dialog-foot">{actions}</footer> : null}
      </div>
    </dialog>
  );
}

/** Asks before something that cannot be taken back. run may fail: what it says is shown. */
export function Confirm({ title, children, yes, kind = "danger", run, onClose }: { title: string; children: ComponentChildren; yes: string; kind?: ButtonKind; run: () => Promise<void>; onClose: () => void }): JSX.Element {
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState("");
  const go = async (): Promise<void> => {
    setBusy(true);
    try {
      await run();
      onClose();
    } catch (e) {
      setWrong(e instanceof Error ? e.message : String(e));
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={title}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind={kind} busy={busy} onClick={() => void go()}>
            {yes}
          </Button>
        </>
      }
    >
      {children}
      {wrong ? (
        <p class="wrong" role="alert">
          {wrong}
        </p>
      ) : null}
    </Dialog>
  );
}
