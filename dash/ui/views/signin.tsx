// The ways in: with a password, with a passkey, by an invitation, and the first of all.

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { roleName, roleWords } from "../app/account";
import { post, Problem, reason } from "../app/api";
import { ago, plural } from "../app/format";
import { Mark } from "../app/frame";
import { canPasskey, signInWithPasskey } from "../app/passkeys";
import { go, link } from "../app/router";
import { workspaceKey } from "../app/account";
import { remember } from "../app/theme";
import type { Account, Invitation, State } from "../app/types";
import { Button } from "../parts/button";
import { TextField } from "../parts/field";
import { Icon } from "../parts/icon";
import { Failure } from "../parts/states";

/** Characters that a password has at least; the server refuses fewer. */
export const shortest = 10;

function Gate({ title, lead, children }: { title: string; lead?: ComponentChildren; children: ComponentChildren }): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Gait`;
  }, [title]);
  return (
    <main class="gate">
      <div class="gate-in">
        <header class="gate-head">
          <Mark />
          <h1 tabIndex={-1} ref={heading}>
            {title}
          </h1>
          {lead ? <p class="soft">{lead}</p> : null}
        </header>
        {children}
      </div>
    </main>
  );
}

/** What went wrong with a form as a whole. */
export function Wrong({ text }: { text: string }): JSX.Element | null {
  if (!text) return null;
  return (
    <p class="notice" data-tone="reject" role="alert">
      <Icon name="alert" />
      <span>{text}</span>
    </p>
  );
}

export function SignInView({ state, onAccount }: { state: State; onAccount: (a: Account) => void }): JSX.Element {
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState<"" | "password" | "passkey">("");
  const [wrong, setWrong] = useState("");

  const run = async (by: "password" | "passkey", f: () => Promise<Account>): Promise<void> => {
    setBusy(by);
    setWrong("");
    try {
      onAccount(await f());
    } catch (e) {
      if (e instanceof Problem && e.status === 401) setWrong(by === "password" ? "The e-mail address and the password do not belong together." : "This passkey is not known here.");
      else if (e instanceof Problem && e.status === 429) setWrong(`Too many tries. Wait ${plural(e.retryAfter || 60, "second")}.`);
      else if (e instanceof DOMException) setWrong("No passkey was chosen.");
      else setWrong(reason(e));
      setBusy("");
    }
  };

  if (state.setup_needed) {
    return (
      <Gate title="Set Gait up" lead="Nobody has an account here yet.">
        <p class="notice">
          <Icon name="key" />
          <span>
            Open the setup link that <code>gait serve</code> printed when it started. It makes the first account, works once, and is printed anew with each start until then.
          </span>
        </p>
      </Gate>
    );
  }
  return (
    <Gate title="Sign in">
      <form
        onSubmit={(e) => {
          e.preventDefault();
          void run("password", () => post<Account>("/account/sign-in", { email, password }));
        }}
      >
        <Wrong text={wrong} />
        <TextField label="E-mail" type="email" name="email" autoComplete="username webauthn" required autoFocus value={email} onValue={setEmail} />
        <TextField label="Password" type="password" name="password" autoComplete="current-password" required value={password} onValue={setPassword} />
        <Button type="submit" kind="primary" busy={busy === "password"}>
          Sign in
        </Button>
      </form>
      {state.passkeys && canPasskey() ? (
        <>
          <p class="or">or</p>
          <Button icon="key" busy={busy === "passkey"} onClick={() => void run("passkey", signInWithPasskey)}>
            Sign in with a passkey
          </Button>
        </>
      ) : null}
      <p class="hint">
        Password lost? Whoever runs the server makes a new one with <code>gait password</code>.
      </p>
    </Gate>
  );
}

export function JoinView({ token, account, onAccount, state }: { token: string; account: Account | undefined; onAccount: (a: Account) => void; state: State }): JSX.Element {
  const [kept] = useState(token); // it stays while the address changes
  const [invitation, setInvitation] = useState<Invitation>();
  const [error, setError] = useState<Problem>();
  const [email, setEmail] = useState(account?.email ?? "");
  const [name, setName] = useState(account?.name ?? "");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<Problem>();

  useEffect(() => {
    document.title = "Join · Gait";
    if (!kept) {
      setError(new Problem(404, "The link is not complete: what comes after # is missing."));
      return;
    }
    post<Invitation>("/account/invitation", { token: kept }).then(setInvitation, (e: unknown) => setError(e instanceof Problem ? e : new Problem(0, reason(e))));
  }, []);

  const submit = async (): Promise<void> => {
    setBusy(true);
    setWrong(undefined);
    try {
      const a = await post<Account>("/account/setup", { token: kept, email, name, password });
      const joined = a.workspaces.find((w) => w.name === invitation?.workspace);
      if (joined) remember(workspaceKey, String(joined.id));
      onAccount(a);
      go(link("/"), { replace: true });
    } catch (e) {
      setWrong(e instanceof Problem ? e : new Problem(0, reason(e)));
      setBusy(false);
    }
  };

  if (error) {
    return (
      <Gate title="This link leads nowhere">
        <Failure error={error.status === 404 ? new Problem(404, error.message || "This invitation was used, has expired or was taken back.") : error} />
      </Gate>
    );
  }
  if (!invitation) return <main class="gate" aria-busy="true" />;
  const setup = invitation.setup || state.setup_needed;
  const field = (name: string): string | undefined => (wrong?.field === name ? wrong.message : undefined);
  return (
    <Gate
      title={setup ? "Set Gait up" : `Join ${invitation.workspace}`}
      lead={
        setup ? (
          <>The first account, owner of the workspace {invitation.workspace}.</>
        ) : (
          <>
            As {roleName[invitation.role].toLowerCase()}, who {roleWords[invitation.role]}. The invitation ends {ago(invitation.expires_at)}.
          </>
        )
      }
    >
      <form
        onSubmit={(e) => {
          e.preventDefault();
          void submit();
        }}
      >
        <Wrong text={wrong && !wrong.field ? (wrong.status === 401 ? "There is an account with this e-mail address already: enter its password." : wrong.message) : ""} />
        <TextField label="E-mail" type="email" name="email" autoComplete="username" required autoFocus value={email} onValue={setEmail} error={field("email")} />
        <TextField label="Name" name="name" autoComplete="name" value={name} onValue={setName} error={field("name")} hint="As the other members will see you." />
        <TextField
          label="Password"
          type="password"
          name="password"
          autoComplete="new-password"
          required
          minLength={shortest}
          value={password}
          onValue={setPassword}
          error={field("password")}
          hint={`At least ${shortest} characters. If you have an account here, its password.`}
        />
        <Button type="submit" kind="primary" busy={busy}>
          {setup ? "Create the account" : "Join"}
        </Button>
      </form>
    </Gate>
  );
}

