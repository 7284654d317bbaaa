// Who leaves the workspace or is its owner no more, and the keys that they made,
// which would go on working.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { roleName } from "../app/account";
import { get, patch, remove } from "../app/api";
import { plural } from "../app/format";
import type { Key, List, Member, Role } from "../app/types";
import { Confirm } from "../parts/dialog";
import { Check } from "../parts/field";
import { Time } from "../parts/time";
import { toast } from "../parts/toast";
import { ended } from "./keys";

/** A member who is to go, or to have a lower role. */
export interface Step {
  member: Member;
  /** Undefined for who is to go. */
  to?: Role;
  /** The valid keys of theirs that may do more than they will. */
  keys: Key[];
}

/** Looks up what a member would leave behind. */
export async function step(member: Member, to?: Role): Promise<Step> {
  const all = (await get<List<Key>>("/keys")).items ?? [];
  const keys = all.filter((k) => k.by?.id === member.id && !ended(k) && (to === undefined || (k.scopes ?? []).includes("admin")));
  return { member, keys, ...(to && { to }) };
}

/** Gives a member another role. */
export async function give(member: Member, role: Role, revoke = false): Promise<void> {
  await patch(`/members/${member.id}`, { role, ...(revoke && { revoke_keys: true }) });
  toast(`${member.name || member.email} is ${roleName[role].toLowerCase()} now.`);
}

export function Leaving({ step: { member, to, keys }, onClose, onDone }: { step: Step; onClose: () => void; onDone: () => void }): JSX.Element {
  const [revoke, setRevoke] = useState(true);
  const name = member.name || member.email;
  const run = async (): Promise<void> => {
    const too = revoke && keys.length > 0;
    if (to) {
      await give(member, to, too);
    } else {
      await remove(`/members/${member.id}`, { query: { revoke_keys: too ? "true" : undefined } });
      toast(too ? `Removed from the workspace, and ${plural(keys.length, "key")} revoked.` : "Removed from the workspace.");
    }
    onDone();
  };
  return (
    <Confirm title={to ? `Make ${name} ${roleName[to].toLowerCase()}?` : `Remove ${name}?`} yes={to ? `Make ${roleName[to].toLowerCase()}` : "Remove"} run={run} onClose={onClose}>
      <p>{to ? "The account keeps the workspace, with the lower role. Open invitations by it are revoked." : "The account stays, without this workspace. An invitation brings it back."}</p>
      {keys.length ? (
        <Check label={`Revoke ${keys.length === 1 ? "the key" : `the ${keys.length} keys`} ${to ? "with the scope admin " : ""}that ${name} made`} on={revoke} onChange={setRevoke}>
          {revoke ? "Servers that ask with one of them get 401 within seconds." : "They go on working, for whoever has a copy."}
          <ul class="their-keys">
            {keys.map((k) => (
              <li key={k.id}>
                {k.name || "Without a name"} <code>{k.hint}</code>
                <br />
                {(k.scopes ?? []).join(", ")} · {k.last_used_at ? <>used <Time at={k.last_used_at} relative /></> : "never used"}
              </li>
            ))}
          </ul>
        </Check>
      ) : null}
    </Confirm>
  );
}
