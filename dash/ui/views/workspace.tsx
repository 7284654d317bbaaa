// Making a workspace: for an account that has none, and beside others.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { post, reason } from "../app/api";
import { Mark } from "../app/frame";
import { workspaceKey } from "../app/account";
import { remember } from "../app/theme";
import type { Account, NewWorkspace } from "../app/types";
import { Button } from "../parts/button";
import { CodeBlock } from "../parts/code";
import { TextField } from "../parts/field";
import { Wrong } from "./signin";

/** The form, and after it the keys, which are shown this once. */
export function WorkspaceForm({ onDone, onMade }: { onDone: () => void; onMade?: () => void }): JSX.Element {
  const [name, setName] = useState("");
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState("");
  const [made, setMade] = useState<NewWorkspace>();

  const submit = async (): Promise<void> => {
    setBusy(true);
    setWrong("");
    try {
      setMade(await post<NewWorkspace>("/workspaces", { name: name.trim() }));
      onMade?.();
    } catch (e) {
      setWrong(reason(e));
      setBusy(false);
    }
  };

  if (made) {
    return (
      <div class="stack">
        <p>Keep the secret keys now: they are shown this once. The site key is public and stays in Install.</p>
        <Keep name="Site key, for pages" value={made.site_key} />
        <Keep name="Secret key, for your server" value={made.secret_key} />
        {made.notai_key ? <Keep name="Secret key of the NotAI dialect" value={made.notai_key} /> : null}
        <div>
          <Button
            kind="primary"
            onClick={() => {
              remember(workspaceKey, String(made.id));
              onDone();
            }}
          >
            I have kept them
          </Button>
        </div>
      </div>
    );
  }
  return (
    <form
      class="stack"
      onSubmit={(e) => {
        e.preventDefault();
        void submit();
      }}
    >
      <Wrong text={wrong} />
      <TextField label="Name" required maxLength={80} autoFocus value={name} onValue={setName} hint="A site, a product or a customer: sessions are only ever compared within a workspace." />
      <div>
        <Button type="submit" kind="primary" busy={busy}>
          Create the workspace
        </Button>
      </div>
    </form>
  );
}

function Keep({ name, value }: { name: string; value: string }): JSX.Element {
  return (
    <div class="field">
      <p class="label">{name}</p>
      <CodeBlock text={value} label={name} />
    </div>
  );
}

export function NewWorkspaceView({ account, onDone }: { account: Account; onDone: () => void }): JSX.Element {
  return (
    <main class="gate">
      <div class="gate-in">
        <header class="gate-head">
          <Mark />
          <h1>Your first workspace</h1>
          <p class="soft">{account.email} is a member of none. Make one, or ask somebody for an invitation.</p>
        </header>
        <WorkspaceForm onDone={onDone} />
      </div>
    </main>
  );
}
