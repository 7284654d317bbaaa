// Who may see this workspace, and who is invited.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { roleName, roleWords, useMay, useSigned } from "../app/account";
import { type Load, post, reason, remove, useLoad } from "../app/api";
import { moment } from "../app/format";
import type { List, Member, Role, SentInvitation } from "../app/types";
import { Badge } from "../parts/badge";
import { Button } from "../parts/button";
import { CodeBlock } from "../parts/code";
import { Dialog } from "../parts/dialog";
import { Select, SelectField, TextField } from "../parts/field";
import { Card, Page } from "../parts/page";
import { Empty, Loaded, Skeleton } from "../parts/states";
import { Table } from "../parts/table";
import { Time } from "../parts/time";
import { toast } from "../parts/toast";
import { give, Leaving, type Step, step } from "./leaving";
import { Wrong } from "./signin";

const roles = (["viewer", "analyst", "owner"] as const).map((r) => ({ value: r as string, name: roleName[r] }));

export function MembersView(): JSX.Element {
  const { account } = useSigned();
  const members = useLoad<List<Member>>("/members");
  const may = useMay("owner");
  const [inviting, invite] = useState(false);
  const [leaving, leave] = useState<Step>();
  const invitations = useLoad<List<SentInvitation>>(may ? "/invitations" : "");

  const reload = (): void => {
    members.reload();
    invitations.reload();
  };
  const change = async (m: Member, role: Role): Promise<void> => {
    try {
      const found = m.role === "owner" ? await step(m, role) : undefined;
      if (found?.keys.length) return leave(found);
      await give(m, role);
    } catch (e) {
      toast(reason(e), true);
    }
    reload();
  };
  const drop = async (m: Member): Promise<void> => {
    try {
      leave(await step(m));
    } catch (e) {
      toast(reason(e), true);
    }
  };

  return (
    <Page
      title="Members"
      narrow
      actions={
        may ? (
          <Button kind="primary" icon="plus" onClick={() => invite(true)}>
            Invite
          </Button>
        ) : undefined
      }
    >
      <Card class="flush">
        <Loaded load={members} skeleton={<div class="pad"><Skeleton lines={3} height={26} /></div>}>
          {({ items }) => (
            <Table
              caption="Members"
              rows={items ?? []}
              rowKey={(m) => m.id}
              columns={[
                {
                  key: "who",
                  head: "Member",
                  wide: true,
                  cell: (m) => (
                    <span>
                      {m.name || m.email}
                      {m.id === account.id ? <span class="soft"> (you)</span> : null}
                      <br />
                      <span class="soft small">{m.email}</span>
                    </span>
                  ),
                },
                {
                  key: "role",
                  head: "Role",
                  cell: (m) => (may ? <Select class="auto" aria-label={`Role of ${m.name || m.email}`} value={m.role} choices={roles} onValue={(r) => void change(m, r as Role)} /> : roleName[m.role]),
                },
                { key: "since", head: "Since", num: true, cell: (m) => <Time at={m.since_at} /> },
                { key: "seen", head: "Signed in", num: true, cell: (m) => <Time at={m.signed_in_at} relative /> },
                {
                  key: "remove",
                  head: "Remove",
                  bare: true,
                  cell: (m) =>
                    may ? (
                      <Button small onClick={() => void drop(m)} aria-label={`Remove ${m.name || m.email}`}>
                        Remove
                      </Button>
                    ) : null,
                },
              ]}
            />
          )}
        </Loaded>
      </Card>
      {members.loading && !members.data ? null : ( // what stands below a list that grows would move
        <dl class="roles soft">
          {roles.map((r) => (
            <div key={r.value}>
              <dt>{r.name}</dt>
              <dd>{roleWords[r.value as Role]}</dd>
            </div>
          ))}
        </dl>
      )}
      {may && members.data ? <Invitations load={invitations} /> : null}
      {inviting ? <Invite onClose={() => invite(false)} onMade={invitations.reload} /> : null}
      {leaving ? (
        <Leaving
          step={leaving}
          onClose={() => {
            leave(undefined);
            members.reload(); // a role that was chosen and not given goes back
          }}
          onDone={reload}
        />
      ) : null}
    </Page>
  );
}

function Invitations({ load }: { load: Load<List<SentInvitation>> }): JSX.Element {
  const state = (i: SentInvitation): JSX.Element => {
    if (!Number.isNaN(moment(i.used_at))) return <Badge icon="clear">Used</Badge>;
    if (!Number.isNaN(moment(i.revoked_at))) return <Badge icon="unknown">Revoked</Badge>;
    if (moment(i.expires_at) < Date.now()) return <Badge icon="unknown">Expired</Badge>;
    return (
      <Badge tone="accent" icon="live">
        Ends <Time at={i.expires_at} relative />
      </Badge>
    );
  };
  const open = (i: SentInvitation): boolean => Number.isNaN(moment(i.used_at)) && Number.isNaN(moment(i.revoked_at)) && moment(i.expires_at) > Date.now();
  const revoke = async (i: SentInvitation): Promise<void> => {
    try {
      await remove(`/invitations/${encodeURIComponent(i.id)}`);
      toast("The invitation is revoked.");
    } catch (e) {
      toast(reason(e), true);
    }
    load.reload();
  };
  return (
    <Card class="flush" title="Invitations">
      <Loaded load={load} skeleton={<div class="pad"><Skeleton lines={2} height={22} /></div>}>
        {({ items }) =>
          !items?.length ? (
            <Empty title="Nobody is invited" icon="members" />
          ) : (
            <Table
              caption="Invitations"
              rows={items}
              rowKey={(i) => i.id}
              muted={(i) => !open(i)}
              columns={[
                { key: "note", head: "For", wide: true, cell: (i) => i.note || <span class="soft">Without a note</span> },
                { key: "role", head: "Role", cell: (i) => roleName[i.role] },
                { key: "by", head: "By", cell: (i) => i.by || "Command line" },
                { key: "state", head: "State", cell: state },
                {
                  key: "revoke",
                  head: "Revoke",
                  bare: true,
                  cell: (i) =>
                    open(i) ? (
                      <Button small aria-label={`Revoke the invitation ${i.note ?? ""}`} onClick={() => void revoke(i)}>
                        Revoke
                      </Button>
                    ) : null,
                },
              ]}
            />
          )
        }
      </Loaded>
    </Card>
  );
}

function Invite({ onClose, onMade }: { onClose: () => void; onMade: () => void }): JSX.Element {
  const [role, setRole] = useState("viewer");
  const [note, setNote] = useState("");
  const [life, setLife] = useState("7");
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState("");
  const [url, setURL] = useState("");

  const submit = async (): Promise<void> => {
    setBusy(true);
    setWrong("");
    try {
      setURL((await post<{ id: string; url: string }>("/invitations", { role, note: note.trim(), days: Number(life) })).url);
      onMade();
    } catch (e) {
      setWrong(reason(e));
    }
    setBusy(false);
  };

  if (url) {
    return (
      <Dialog
        title="Send this link"
        firm
        onClose={onClose}
        actions={
          <Button kind="primary" onClick={onClose}>
            Done
          </Button>
        }
      >
        <p>It works once, and is shown only now. Whoever opens it first joins, so send it where only {note || "the invited"} will read it.</p>
        <CodeBlock text={url} label="the link" />
      </Dialog>
    );
  }
  return (
    <Dialog
      title="Invite somebody"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" form="invite" busy={busy}>
            Make a link
          </Button>
        </>
      }
    >
      <form
        id="invite"
        class="stack"
        onSubmit={(e) => {
          e.preventDefault();
          void submit();
        }}
      >
        <Wrong text={wrong} />
        <TextField label="For whom" autoFocus maxLength={80} value={note} onValue={setNote} hint="A note to yourselves; nothing is sent." />
        <SelectField label="Role" value={role} choices={roles.map((r) => ({ value: r.value, name: `${r.name}: ${roleWords[r.value as Role]}` }))} onValue={setRole} />
        <SelectField
          label="The link works"
          value={life}
          choices={[
            { value: "1", name: "1 day" },
            { value: "7", name: "7 days" },
            { value: "30", name: "30 days" },
          ]}
          onValue={setLife}
        />
      </form>
    </Dialog>
  );
}
