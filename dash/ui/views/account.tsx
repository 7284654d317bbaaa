// One's own account: name, password, passkeys.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { roleName, useSigned } from "../app/account";
import { get, patch, post, reason, remove } from "../app/api";
import { addPasskey, canPasskey } from "../app/passkeys";
import { setTheme, theme, type Theme } from "../app/theme";
import type { Account, Passkey } from "../app/types";
import { Button } from "../parts/button";
import { Confirm, Dialog } from "../parts/dialog";
import { Segments, TextField } from "../parts/field";
import { Icon } from "../parts/icon";
import { Card, Page } from "../parts/page";
import { Empty } from "../parts/states";
import { Table } from "../parts/table";
import { Time } from "../parts/time";
import { toast } from "../parts/toast";
import { shortest, Wrong } from "./signin";

export function AccountView(): JSX.Element {
  const { account } = useSigned();
  const [look, setLook] = useState<Theme>(theme());
  return (
    <Page title="Your account" narrow lead={account.email}>
      <Name />
      <Password />
      <Passkeys />
      <Card title="Theme">
        <Segments
          label="Theme"
          value={look}
          choices={[
            { value: "system", name: "As the system" },
            { value: "light", name: "Light" },
            { value: "dark", name: "Dark" },
          ]}
          onValue={(t) => {
            setTheme(t as Theme);
            setLook(t as Theme);
          }}
        />
      </Card>
      <Card class="flush" title="Workspaces">
        <Table
          caption="Your workspaces"
          rows={account.workspaces}
          rowKey={(w) => w.id}
          columns={[
            { key: "name", head: "Workspace", wide: true, cell: (w) => w.name },
            { key: "role", head: "Role", cell: (w) => roleName[w.role] },
          ]}
        />
      </Card>
    </Page>
  );
}

function Name(): JSX.Element {
  const { account, setAccount } = useSigned();
  const [name, setName] = useState(account.name);
  const [busy, setBusy] = useState(false);
  const submit = async (): Promise<void> => {
    setBusy(true);
    try {
      setAccount(await patch<Account>("/account", { name: name.trim() }));
      toast("Your name is saved.");
    } catch (e) {
      toast(reason(e), true);
    }
    setBusy(false);
  };
  return (
    <Card title="Name">
      <form
        class="with-button"
        onSubmit={(e) => {
          e.preventDefault();
          void submit();
        }}
      >
        <TextField label="As others see you" autoComplete="name" maxLength={80} value={name} onValue={setName} />
        <Button type="submit" busy={busy} disabled={name.trim() === account.name}>
          Save
        </Button>
      </form>
    </Card>
  );
}

function Password(): JSX.Element {
  const { account, setAccount, state } = useSigned();
  const [next, setNext] = useState("");
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState("");
  const submit = async (): Promise<void> => {
    setBusy(true);
    setWrong("");
    try {
      await post("/account/password", { new: next });
      setNext("");
      setAccount({ ...account, has_password: true });
      toast("The password is changed. Your other browsers are signed out.");
    } catch (e) {
      setWrong(reason(e));
    }
    setBusy(false);
  };
  return (
    <Card title="Password" lead={account.has_password ? "Changing it signs you out everywhere else." : state.demo ? "Visitors of the demo need none." : "You sign in without one so far. With one you also can where passkeys do not work."}>
      <form
        class="with-button"
        onSubmit={(e) => {
          e.preventDefault();
          void submit();
        }}
      >
        <input type="email" autoComplete="username" value={account.email} readOnly hidden />
        <TextField label="New password" type="password" autoComplete="new-password" required minLength={shortest} value={next} onValue={setNext} hint={`At least ${shortest} characters.`} error={wrong} />
        <Button type="submit" busy={busy} disabled={next.length < shortest}>
          {account.has_password ? "Change" : "Set"}
        </Button>
      </form>
    </Card>
  );
}

function Passkeys(): JSX.Element {
  const { account, setAccount, state } = useSigned();
  const [adding, add] = useState(false);
  const [ending, end] = useState<Passkey>();
  const usable = state.passkeys && canPasskey();
  const refresh = async (): Promise<void> => setAccount(await get<Account>("/account"));
  const list = account.passkeys ?? [];
  return (
    <Card
      class="flush"
      title="Passkeys"
      aside={
        usable ? (
          <Button small icon="plus" onClick={() => add(true)}>
            Add a passkey
          </Button>
        ) : undefined
      }
    >
      {usable ? null : (
        <p class="notice flat">
          <Icon name="fact" />
          <span>{state.passkeys_why || "Passkeys need https, or localhost, and a browser that knows them."}</span>
        </p>
      )}
      {list.length ? (
        <Table
          caption="Your passkeys"
          rows={list}
          rowKey={(p) => p.id}
          columns={[
            { key: "name", head: "Passkey", wide: true, cell: (p) => p.name || "Passkey" },
            { key: "made", head: "Added", num: true, cell: (p) => <Time at={p.created_at} /> },
            { key: "used", head: "Used", num: true, cell: (p) => <Time at={p.last_used_at} relative /> },
            {
              key: "remove",
              head: "Remove",
              bare: true,
              cell: (p) => (
                <Button small aria-label={`Remove ${p.name || "the passkey"}`} onClick={() => end(p)}>
                  Remove
                </Button>
              ),
            },
          ]}
        />
      ) : usable ? (
        <Empty title="No passkey yet" icon="key">
          A fingerprint, a face or a security key instead of the password.
        </Empty>
      ) : null}
      {adding ? <AddPasskey onClose={() => add(false)} onAdded={refresh} /> : null}
      {ending ? (
        <Confirm
          title={`Remove ${ending.name || "the passkey"}?`}
          yes="Remove"
          onClose={() => end(undefined)}
          run={async () => {
            await remove(`/account/passkeys/${encodeURIComponent(ending.id)}`);
            await refresh();
            toast("The passkey is removed.");
          }}
        >
          <p>It no longer signs you in. The device may go on offering it until you delete it there as well.</p>
        </Confirm>
      ) : null}
    </Card>
  );
}

function AddPasskey({ onClose, onAdded }: { onClose: () => void; onAdded: () => Promise<void> }): JSX.Element {
  const [name, setName] = useState("");
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState("");
  const submit = async (): Promise<void> => {
    setBusy(true);
    setWrong("");
    try {
      await addPasskey(name.trim());
      await onAdded();
      toast("The passkey is added.");
      onClose();
    } catch (e) {
      setWrong(e instanceof DOMException ? (e.name === "InvalidStateError" ? "This device has a passkey for you already." : "No passkey was made.") : reason(e));
      setBusy(false);
    }
  };
  return (
    <Dialog
      title="Add a passkey"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" form="add-passkey" busy={busy}>
            Continue
          </Button>
        </>
      }
    >
      <form
        id="add-passkey"
        class="stack"
        onSubmit={(e) => {
          e.preventDefault();
          void submit();
        }}
      >
        <Wrong text={wrong} />
        <TextField label="Name" autoFocus required maxLength={60} value={name} onValue={setName} hint="The device it lives on, such as Laptop. The browser asks next." />
      </form>
    </Dialog>
  );
}
