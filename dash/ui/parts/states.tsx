// What a view shows when it has nothing to show: not yet, not at all, not to you,
// not today.

import type { ComponentChildren, JSX } from "preact";
import type { Load, Problem } from "../app/api";
import { capital } from "../app/format";
import { Button } from "./button";
import { Icon, type IconName } from "./icon";

export function Empty({ title, children, icon = "sessions", action }: { title: string; children?: ComponentChildren; icon?: IconName; action?: ComponentChildren }): JSX.Element {
  return (
    <div class="state">
      <span class="state-icon">
        <Icon name={icon} size={20} />
      </span>
      <p class="state-title">{title}</p>
      {children ? <p class="soft">{children}</p> : null}
      {action}
    </div>
  );
}

export function NoPermission({ detail }: { detail?: string | undefined }): JSX.Element {
  return (
    <Empty title="Not yours to see" icon="lock">
      {detail || "Your role in this workspace does not include this. An owner can change that."}
    </Empty>
  );
}

export function Failure({ error, retry, children }: { error: Problem; retry?: (() => void) | undefined; children?: ComponentChildren }): JSX.Element {
  if (error.status === 403) return <NoPermission detail={error.message} />;
  const gone = error.status === 404;
  return (
    <div class="state" role="alert">
      <span class="state-icon" data-tone={gone ? undefined : "reject"}>
        <Icon name={gone ? "search" : "alert"} size={20} />
      </span>
      <p class="state-title">{gone ? "Not here" : error.status === 0 ? "No connection" : "This did not work"}</p>
      <p class="soft">{capital(error.message).replace(/\w$/, "$&.")}</p>
      {children}
      {retry && !gone ? (
        <Button icon="refresh" onClick={retry}>
          Try again
        </Button>
      ) : null}
    </div>
  );
}

/** Grey bars where text will be: as many lines, as high as what comes. */
export function Skeleton({ lines = 3, height = 16 }: { lines?: number; height?: number }): JSX.Element {
  return (
    <div class="skeleton" aria-hidden="true">
      {Array.from({ length: lines }, (_, i) => (
        <span key={i} style={{ height: `${height}px`, width: `${94 - ((i * 23) % 40)}%` }} />
      ))}
    </div>
  );
}

/** Shows what was loaded; while it loads the skeleton, and what went wrong. */
export function Loaded<T>({ load, skeleton, children }: { load: Load<T>; skeleton?: ComponentChildren; children: (data: T) => ComponentChildren }): JSX.Element {
  if (load.data !== undefined) return <>{children(load.data)}</>;
  if (load.error) return <Failure error={load.error} retry={load.reload} />;
  return (
    <div aria-busy="true">
      <span class="visually-hidden" role="status">
        Loading
      </span>
      {skeleton ?? <Skeleton />}
    </div>
  );
}
