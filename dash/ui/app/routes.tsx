// Every view with its path: the one list. Names that a site chose (tags, routes,
// users) stand in the query: in a path, // and .. would not survive the way.

import type { JSX } from "preact";
import { SessionView } from "../session/view";
import { AccountView } from "../views/account";
import { AuditView } from "../views/audit";
import { GroupListView, GroupView } from "../views/groups";
import { InstallView } from "../views/install";
import { KeysView } from "../views/keys";
import { MembersView } from "../views/members";
import { OverviewView } from "../views/overview";
import { PolicyView } from "../views/policy";
import { SessionsView } from "../views/sessions";
import { SettingsView } from "../views/settings";
import { UserView, UsersView } from "../views/users";
import { match } from "./router";

type Params = Record<string, string>;

const routes: [pattern: string, view: (p: Params) => JSX.Element][] = [
  ["/", () => <OverviewView />],
  ["/sessions", () => <SessionsView />],
  ["/sessions/:id", ({ id = "" }) => <SessionView key={id} id={id} />],
  ["/tags", () => <GroupListView kind="tag" />],
  ["/tags/detail", () => <GroupView kind="tag" />],
  ["/routes", () => <GroupListView kind="route" />],
  ["/routes/detail", () => <GroupView kind="route" />],
  ["/users", () => <UsersView />],
  ["/users/detail", () => <UserView />],
  ["/policy", () => <PolicyView />],
  ["/install", () => <InstallView />],
  ["/settings", () => <SettingsView />],
  ["/keys", () => <KeysView />],
  ["/members", () => <MembersView />],
  ["/audit", () => <AuditView />],
  ["/account", () => <AccountView />],
];

/** The view of a path, undefined if there is none. */
export function view(path: string): JSX.Element | undefined {
  for (const [pattern, make] of routes) {
    const params = match(pattern, path);
    if (params) return make(params);
  }
  return undefined;
}
