// What an owner decides for the workspace, beside its policy.

import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { roleName, useMay, useSigned } from "../app/account";
import { get, patch, reason, useLoad } from "../app/api";
import { ago, count } from "../app/format";
import { setQuery, usePlace } from "../app/router";
import type { Account, AddressList, List, Settings, Workspace } from "../app/types";
import { Badge } from "../parts/badge";
import { Button, CopyButton } from "../parts/button";
import { Dialog } from "../parts/dialog";
import { SelectField, Switch, TextField } from "../parts/field";
import { Icon } from "../parts/icon";
import { Card, Page } from "../parts/page";
import { Empty, Loaded, Skeleton } from "../parts/states";
import { Table } from "../parts/table";
import { Time } from "../parts/time";
import { toast } from "../parts/toast";
import { WorkspaceForm } from "./workspace";
import { Wrong } from "./signin";

export function SettingsView(): JSX.Element {
  const load = useLoad<Workspace>("/workspace");
  const { query } = usePlace();
  const [made, setMade] = useState(false);
  return (
    <Page title="Settings" narrow>
      <Loaded load={load} skeleton={<Card><Skeleton lines={8} height={24} /></Card>}>
        {(w) => (
          <>
            <General w={w} set={load.set} />
            <Origins w={w} set={load.set} />
            <Choices w={w} set={load.set} />
            <AddressLists />
          </>
        )}
      </Loaded>
      {query.get("new") ? (
        <Dialog title="New workspace" firm={made} onClose={() => setQuery({ new: "" })}>
          <WorkspaceForm onMade={() => setMade(true)} onDone={() => location.assign(location.pathname.replace(/settings$/, ""))} />
        </Dialog>
      ) : null}
    </Page>
  );
}

interface PartProps {
  w: Workspace;
  set: (w: Workspace) => void;
}

/** Sends a change, and takes over what the server made of it. */
async function save(change: object, set: (w: Workspace) => void, said: string): Promise<boolean> {
  try {
    set(await patch<Workspace>("/workspace", change));
    toast(said);
    return true;
  } catch (e) {
    toast(reason(e), true);
    return false;
  }
}

function General({ w, set }: PartProps): JSX.Element {
  const may = useMay("owner");
  const { setAccount } = useSigned();
  const [name, setName] = useState(w.name);
  const [busy, setBusy] = useState(false);
  return (
    <Card title="Workspace">
      <form
        class="stack"
        onSubmit={async (e) => {
          e.preventDefault();
          setBusy(true);
          if (await save({ name: name.trim() }, set, "The workspace has its new name.")) setAccount(await get<Account>("/account"));
          setBusy(false);
        }}
      >
        <div class="with-button">
          <TextField label="Name" required maxLength={80} disabled={!may} value={name} onValue={setName} />
          <Button type="submit" busy={busy} disabled={!may || name.trim() === w.name || !name.trim()}>
            Rename
          </Button>
        </div>
      </form>
      <dl class="facts top-gap">
        <div>
          <dt>Site key, public</dt>
          <dd>
            <code>{w.site_key}</code> <CopyButton kind="quiet" text={w.site_key} label="Copy the site key" />
          </dd>
        </div>
        <div>
          <dt>Since</dt>
          <dd>
            <Time at={w.created_at} />
          </dd>
        </div>
        <div>
          <dt>Your role</dt>
          <dd>{roleName[w.role]}</dd>
        </div>
      </dl>
    </Card>
  );
}

function Origins({ w, set }: PartProps): JSX.Element {
  const may = useMay("owner");
  const was = (w.origins ?? []).join("\n");
  const [text, setText] = useState(was);
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState("");
  const list = text.split(/[\s,]+/).filter(Boolean);
  const submit = async (): Promise<void> => {
    const bad = list.find((o) => !/^https?:\/\/[^/\s]+$/i.test(o));
    if (bad) return setWrong(`${bad} is not like https://www.example.org, without a path.`);
    setWrong("");
    setBusy(true);
    try {
      const next = await patch<Workspace>("/workspace", { origins: list });
      set(next);
      setText((next.origins ?? []).join("\n"));
      toast("The origins are saved.");
    } catch (e) {
      setWrong(reason(e));
    }
    setBusy(false);
  };
  return (
    <Card title="Origins" lead="Pages that may send with the site key. Everybody can read the key in your pages; only these may use it from a browser.">
      <form
        class="stack"
        onSubmit={(e) => {
          e.preventDefault();
          void submit();
        }}
      >
        {list.length === 0 ? (
          <p class="notice" data-tone="review">
            <Icon name="review" />
            <span>No origin is named, so any page may send. Name yours before you rely on the numbers.</span>
          </p>
        ) : null}
        <Wrong text={wrong} />
        <div class="field">
          <label for="origins">One on each line</label>
          <textarea id="origins" class="input mono" rows={Math.max(2, list.length + 1)} spellcheck={false} disabled={!may} value={text} onInput={(e) => setText(e.currentTarget.value)} />
        </div>
        <div>
          <Button type="submit" busy={busy} disabled={!may || text.trim() === was}>
            Save the origins
          </Button>
        </div>
      </form>
    </Card>
  );
}

const days = (list: number[], now: number): { value: string; name: string }[] =>
  [...new Set([...list, now])]
    .sort((a, b) => (a || Infinity) - (b || Infinity))
    .map((d) => ({ value: String(d), name: d === 0 ? "Never" : d % 365 === 0 ? `After ${d / 365} year${d > 365 ? "s" : ""}` : `After ${d} day${d > 1 ? "s" : ""}` }));

function Choices({ w, set }: PartProps): JSX.Element {
  const may = useMay("owner");
  const [busy, setBusy] = useState("");
  const change = async (part: Partial<Settings>, said: string): Promise<void> => {
    setBusy(Object.keys(part)[0] ?? "");
    await save({ settings: part }, set, said);
    setBusy("");
  };
  const flag = (key: "monitor_only" | "replay" | "require_consent" | "keep_network" | "mask_everything", label: string, hint: ComponentChildren): JSX.Element => (
    <Switch
      label={label}
      hint={hint}
      on={w.settings[key]}
      disabled={!may || busy === key}
      onChange={(on) => void change({ [key]: on }, `${label}: ${on ? "on" : "off"}.`)}
    />
  );
  return (
    <>
      <Card title="Judging">
        {flag("monitor_only", "Monitor only", "Scores are kept and shown, but every recommended action is Auto-accept. For the first weeks, while you watch.")}
      </Card>
      <Card title="Privacy">
        {flag("require_consent", "Wait for consent", "The script tag to copy collects nothing until the page calls gaitConsent(true). Tags that are in pages already stay as they are.")}
        {flag("mask_everything", "Mask names", "Names of buttons, links and labels are not kept either, only their kinds.")}
        {flag("keep_network", "Keep the network", "A shortened address is kept with each session. Without it only country and kind of network are.")}
        {flag("replay", "Record replays", "Pages may record what was seen, with every text masked. The visitor's browser loads a second script for it.")}
      </Card>
      <Card title="How long">
        <div class="pair">
          <SelectField
            label="Sessions are deleted"
            value={String(w.settings.retention_days)}
            choices={days([7, 30, 90, 180, 365, 0], w.settings.retention_days)}
            disabled={!may}
            onValue={(v) => void change({ retention_days: Number(v) }, "Saved. What is older goes with the next sweep.")}
          />
          <SelectField
            label="Replays are deleted"
            value={String(w.settings.replay_days)}
            choices={days([1, 7, 30, 90, 0], w.settings.replay_days)}
            disabled={!may}
            onValue={(v) => void change({ replay_days: Number(v) }, "Saved. What is older goes with the next sweep.")}
          />
        </div>
        {may ? null : <p class="hint top-gap">Owners change these.</p>}
      </Card>
    </>
  );
}

/** Days after which a list of addresses has seen too many owners change, as a warning. */
const stale = 30;

function AddressLists(): JSX.Element {
  const load = useLoad<List<AddressList>>("/address-lists");
  return (
    <Card class="flush" title="Address lists" aside={<span class="soft small">what VPN, Tor, network and country rest on</span>}>
      <Loaded load={load} skeleton={<div class="pad"><Skeleton lines={3} height={20} /></div>}>
        {({ items }) =>
          !items?.length ? (
            <Empty title="No list is loaded" icon="globe">
              Checks of the network say Unknown. The server's configuration names the files.
            </Empty>
          ) : (
            <Table
              caption="Address lists"
              rows={items}
              rowKey={(l) => l.name + l.path_shown}
              columns={[
                {
                  key: "name",
                  head: "List",
                  wide: true,
                  cell: (l) => (
                    <span>
                      {l.name} <span class="soft">{l.kind}</span>
                      <br />
                      <code class="soft small">{l.path_shown}</code>
                    </span>
                  ),
                },
                { key: "entries", head: "Entries", num: true, cell: (l) => count(l.entries) },
                { key: "modified", head: "File of", num: true, cell: (l) => <Time at={l.modified_at} relative /> },
                { key: "loaded", head: "Loaded", num: true, cell: (l) => <Time at={l.loaded_at} relative /> },
                { key: "state", head: "State", cell: (l) => <Freshness l={l} /> },
              ]}
            />
          )
        }
      </Loaded>
    </Card>
  );
}

function Freshness({ l }: { l: AddressList }): JSX.Element {
  if (!l.ok) {
    return (
      <Badge tone="reject" icon="reject" {...(l.why ? { title: l.why } : {})}>
        {l.why || "Not loaded"}
      </Badge>
    );
  }
  const age = l.modified_at ? (Date.now() - Date.parse(l.modified_at)) / 86_400_000 : 0;
  return age > stale ? (
    <Badge tone="review" icon="review" title={`The file is ${ago(l.modified_at)}`}>
      Old
    </Badge>
  ) : (
    <Badge tone="accept" icon="accept">
      Fresh
    </Badge>
  );
}
