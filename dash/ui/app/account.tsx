// Who is signed in, and which of their workspaces the dashboard shows.

import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Account, Membership, Role, State } from "./types";

export interface Signed {
  state: State;
  account: Account;
  setAccount: (a: Account) => void;
  workspace: Membership;
  choose: (id: number) => void;
}

export const SignedContext = createContext<Signed | null>(null);

/** Only beneath a view that needs an account. */
export function useSigned(): Signed {
  const s = useContext(SignedContext);
  if (!s) throw new Error("no account here");
  return s;
}

const rank: Record<Role, number> = { viewer: 1, analyst: 2, owner: 3 };

export const roleName: Record<Role, string> = { viewer: "Viewer", analyst: "Analyst", owner: "Owner" };

export const roleWords: Record<Role, string> = {
  viewer: "looks at everything, changes nothing",
  analyst: "also labels sessions, tries policies out and takes data out",
  owner: "also changes policy, settings, keys and members",
};

export const includes = (have: Role, need: Role): boolean => rank[have] >= rank[need];

/** Whether one may do in this workspace what needs the role. */
export function useMay(need: Role): boolean {
  return includes(useSigned().workspace.role, need);
}

/** Where the workspace that was shown last is kept. */
export const workspaceKey = "gait.workspace";
