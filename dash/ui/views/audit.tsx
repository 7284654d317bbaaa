// Who changed what.

import type { JSX } from "preact";
import { usePages } from "../app/pages";
import type { AuditEntry } from "../app/types";
import { Card, Page } from "../parts/page";
import { Empty, Loaded, Skeleton } from "../parts/states";
import { Table } from "../parts/table";
import { Time } from "../parts/time";
import { MoreRows } from "./users";

/** What the server calls it, and how it is said. An action that is not here is shown by its name. */
const said: Record<string, string> = {
  "account.join": "Joined",
  "account.passkey_add": "Added a passkey",
  "account.passkey_refused": "A passkey was refused",
  "account.passkey_remove": "Removed a passkey",
  "account.password": "Changed the password",
  "account.setup": "Made the first account",
  "account.sign_in": "Signed in",
  "account.sign_in_failed": "Failed to sign in",
  export: "Took sessions out",
  "invitation.create": "Invited",
  "invitation.revoke": "Revoked the invitation of",
  "key.create": "Made the key",
  "key.revoke": "Revoked the key",
  "label.set": "Labelled the session",
  "member.remove": "Removed",
  "member.role": "Changed the role of",
  "origins.update": "Changed the origins",
  "policy.restore": "Restored the policy, now",
  "policy.save": "Saved the policy,",
  "settings.update": "Changed the settings",
  "workspace.create": "Made the workspace",
};

export function AuditView(): JSX.Element {
  const entries = usePages<AuditEntry>("/audit");
  return (
    <Page title="Audit log" narrow lead="Every change of policy, settings, keys and members. Entries are only ever added.">
      <Card class="flush">
        <Loaded load={entries} skeleton={<div class="pad"><Skeleton lines={8} height={22} /></div>}>
          {(items) =>
            items.length === 0 ? (
              <Empty title="Nothing was changed yet" icon="audit" />
            ) : (
              <Table
                caption="Audit log, newest first"
                rows={items}
                rowKey={(e) => e.id}
                columns={[
                  {
                    key: "what",
                    head: "What",
                    wide: true,
                    cell: (e) => (
                      <span title={e.action}>
                        {said[e.action] ?? e.action} {e.subject}
                        {e.detail ? (
                          <>
                            <br />
                            <span class="soft small">{e.detail}</span>
                          </>
                        ) : null}
                      </span>
                    ),
                  },
                  { key: "by", head: "By", cell: (e) => e.by || "Command line" },
                  { key: "at", head: "When", num: true, cell: (e) => <Time at={e.at} /> },
                ]}
              />
            )
          }
        </Loaded>
        <MoreRows more={entries.more} loading={entries.loading} />
      </Card>
    </Page>
  );
}
