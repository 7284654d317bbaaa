import type { IconName } from "../parts/icon";

interface Way {
  path: string;
  name: string;
  icon: IconName;
}

/** Where one can go, in groups. */
export const ways: { title: string; items: Way[] }[] = [
  {
    title: "Traffic",
    items: [
      { path: "/", name: "Overview", icon: "overview" },
      { path: "/sessions", name: "Sessions", icon: "sessions" },
      { path: "/users", name: "Users", icon: "user" },
      { path: "/tags", name: "Tags", icon: "tag" },
      { path: "/routes", name: "Routes", icon: "route" },
    ],
  },
  {
    title: "Judging",
    items: [{ path: "/policy", name: "Policy", icon: "policy" }],
  },
  {
    title: "Workspace",
    items: [
      { path: "/install", name: "Install", icon: "install" },
      { path: "/settings", name: "Settings", icon: "settings" },
      { path: "/keys", name: "Keys", icon: "key" },
      { path: "/members", name: "Members", icon: "members" },
      { path: "/audit", name: "Audit log", icon: "audit" },
    ],
  },
];
