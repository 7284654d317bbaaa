// Secret keys: made, shown once, ended.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { roleName, useMay } from "../app/account";
import { post, reason, remove, useLoad } from "../app/api";
import { moment } from "../app/format";
import type { Key, List } from "../app/types";
import { Badge } from "../parts/badge";
import { Button } from "../parts/button";
import { CodeBlock } from "../parts/code";
import { Confirm, Dialog } from "../parts/dialog";
import { SelectField, TextField } from "../parts/field";
import { Icon } from "../parts/icon";
import { Card, Page } from "../parts/page";
import { Empty, Loaded, Skeleton } from "../parts/states";
import { Table } from "../parts/table";
import { Time } from "../parts/time";
import { toast } from "../parts/toast";
import { Wrong } from "./signin";

const dialects = [
  { value: "roundtable", name: "Gait and Roundtable (sk-…)" },
  { value: "notai", name: "NotAI (aik_v1_…)" },
];

const scopes = [
  { value: "read", name: "Read: reports, lists, evidence" },
  { value: "read admin", name: "Read and admin: all that an owner may do" },
];

const lives = [
  { value: "0", name: "Never" },
  { value: "30", name: "In 30 days" },
  { value: "90", name: "In 90 days" },
  { value: "365", name: "In a year" },
];

export function KeysView(): JSX.Element {
  const load = useLoad<List<Key>>("/keys");
  const may = useMay("owner");
  const [making, make] = useState(false);
  const [ending, end] = useState<Key>();

  return (
    <Page
      title="Keys"
      narrow
      lead="Your servers ask for reports with a secret key. It never goes into a page."
      actions={
        may ? (
          <Button kind="primary" icon="plus" onClick={() => make(true)}>
            New key
          </Button>
        ) : undefined
      }
    >
      <Orphans keys={load.data?.items ?? []} />
      <Card class="flush">
        <Loaded load={load} skeleton={<div class="pad"><Skeleton lines={4} height={22} /></div>}>
          {({ items }) =>
            !items?.length ? (
              <Empty title="No key yet" icon="key">
                Make one for each server that asks, so that you can end one without the others.
              </Empty>
            ) : (
              <Table
                caption="Secret keys"
                rows={items}
                rowKey={(k) => k.id}
                muted={ended}
                columns={[
                  {
                    key: "name",
                    head: "Key",
                    wide: true,
                    cell: (k) => (
                      <span>
                        {k.name || "Without a name"}
                        <br />
                        <code class="soft small">{k.hint}</code> <Maker k={k} />
                      </span>
                    ),
                  },
                  { key: "scope", head: "May", cell: (k) => (k.scopes ?? ["read"]).join(", ") },
                  { key: "made", head: "Made", num: true, cell: (k) => <Time at={k.created_at} /> },
                  { key: "used", head: "Used", num: true, cell: (k) => <Time at={k.last_used_at} relative /> },
                  { key: "state", head: "State", cell: (k) => <State k={k} /> },
                  {
                    key: "end",
                    head: "End",
                    bare: true,
                    cell: (k) =>
                      may && !ended(k) ? (
                        <Button small onClick={() => end(k)} aria-label={`Revoke ${k.name || k.hint}`}>
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
      {making ? <NewKey onClose={() => make(false)} onMade={load.reload} /> : null}
      {ending ? (
        <Confirm
          title="Revoke the key?"
          yes="Revoke"
          onClose={() => end(undefined)}
          run={async () => {
            await remove(`/keys/${encodeURIComponent(String(ending.id))}`);
            load.reload();
            toast("The key is revoked.");
          }}
        >
          <p>
            Whoever asks with <code>{ending.hint}</code> gets 401 from now on. This cannot be taken back.
          </p>
        </Confirm>
      ) : null}
    </Page>
  );
}

/** Whether a key opens nothing any more. */
export const ended = (k: Key): boolean => !Number.isNaN(moment(k.revoked_at)) || moment(k.expires_at) < Date.now();

const mayAll = (k: Key): boolean => (k.scopes ?? []).includes("admin");

/** Whether whoever made it may do less by now than the key. */
const orphaned = (k: Key): boolean => !ended(k) && k.by !== null && (k.by.role === null || (mayAll(k) && k.by.role !== "owner"));

function Maker({ k }: { k: Key }): JSX.Element {
  if (!k.by) return <span class="soft small">by the command line</span>;
  const name = k.by.name || "somebody";
  if (!orphaned(k)) return <span class="soft small">by {name}</span>;
  return (
    <Badge tone="review" icon="review">
      by {name}, {k.by.role === null ? "who has left" : `${roleName[k.by.role].toLowerCase()} now`}
    </Badge>
  );
}

/** Says that keys are in hands that they may not belong in any more. */
function Orphans({ keys }: { keys: Key[] }): JSX.Element | null {
  const list = keys.filter(orphaned);
  if (list.length === 0) return null;
  return (
    <p class="notice" data-tone="review">
      <Icon name="review" />
      <span>
        {list.length === 1 ? "1 valid key was made by somebody" : `${list.length} valid keys were made by people`} who left or may do less by now. Whoever kept a copy can use it: give your servers new keys and revoke {list.length === 1 ? "the old one" : "the old ones"}.
      </span>
    </p>
  );
}

function State({ k }: { k: Key }): JSX.Element {
  if (!Number.isNaN(moment(k.revoked_at))) return <Badge icon="unknown">Revoked</Badge>;
  const ends = moment(k.expires_at);
  if (ends < Date.now()) return <Badge icon="unknown">Expired</Badge>;
  if (!Number.isNaN(ends)) {
    return (
      <Badge tone={ends - Date.now() < 7 * 86_400_000 ? "review" : "accept"} icon={ends - Date.now() < 7 * 86_400_000 ? "review" : "accept"}>
        Ends <Time at={k.expires_at} relative />
      </Badge>
    );
  }
  return (
    <Badge tone="accept" icon="accept">
      Valid
    </Badge>
  );
}

function NewKey({ onClose, onMade }: { onClose: () => void; onMade: () => void }): JSX.Element {
  const [name, setName] = useState("");
  const [dialect, setDialect] = useState("roundtable");
  const [scope, setScope] = useState("read");
  const [life, setLife] = useState("0");
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState("");
  const [made, setMade] = useState<Key>();

  const submit = async (): Promise<void> => {
    setBusy(true);
    setWrong("");
    try {
      setMade(await post<Key>("/keys", { dialect, name: name.trim(), scopes: scope.split(" "), days: Number(life) }));
      onMade();
    } catch (e) {
      setWrong(reason(e));
    }
    setBusy(false);
  };

  if (made) {
    return (
      <Dialog
        title="Keep it now"
        firm
        onClose={onClose}
        actions={
          <Button kind="primary" onClick={onClose}>
            I have kept it
          </Button>
        }
      >
        <p>This is the only time that the key is shown: Gait keeps its hash.</p>
        <CodeBlock text={made.key ?? ""} label="the key" />
      </Dialog>
    );
  }
  return (
    <Dialog
      title="New key"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" form="new-key" busy={busy}>
            Make the key
          </Button>
        </>
      }
    >
      <form
        id="new-key"
        class="stack"
        onSubmit={(e) => {
          e.preventDefault();
          void submit();
        }}
      >
        <Wrong text={wrong} />
        <TextField label="Name" autoFocus required maxLength={60} value={name} onValue={setName} hint="The server or the program that asks with it." />
        <SelectField label="API" value={dialect} choices={dialects} onValue={setDialect} />
        <SelectField label="May" value={scope} choices={scopes} onValue={setScope} />
        <SelectField label="Ends" value={life} choices={lives} onValue={setLife} />
      </form>
    </Dialog>
  );
}
