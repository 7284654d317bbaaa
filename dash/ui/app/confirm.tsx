// Asks who is there, where somebody who signed in a while ago is about to open or
// close a way in. What was being done waits beneath the dialog and goes on.

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "../parts/button";
import { Dialog } from "../parts/dialog";
import { TextField } from "../parts/field";
import { announce } from "../parts/toast";
import { Wrong } from "../views/signin";
import { useSigned } from "./account";
import { onUnconfirmed, post, Problem, reason } from "./api";
import { plural } from "./format";
import { canPasskey, confirmWithPasskey } from "./passkeys";

/** Stands once beneath a view that needs an account. */
export function Confirmer(): JSX.Element | null {
  const [open, setOpen] = useState(false);
  const answer = useRef<(yes: boolean) => void>(undefined);
  useEffect(() => {
    onUnconfirmed(
      () =>
        new Promise<boolean>((done) => {
          answer.current = done;
          setOpen(true);
        }),
    );
    return () => {
      onUnconfirmed(undefined);
      answer.current?.(false); // signed out meanwhile
    };
  }, []);
  if (!open) return null;
  return (
    <Ask
      onAnswer={(yes) => {
        setOpen(false);
        answer.current?.(yes);
        if (yes) announce("Confirmed.");
      }}
    />
  );
}

function Ask({ onAnswer }: { onAnswer: (yes: boolean) => void }): JSX.Element {
  const { account, state } = useSigned();
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState<"" | "password" | "passkey">("");
  const [wrong, setWrong] = useState("");
  const passkey = account.passkeys.length > 0 && state.passkeys && canPasskey();

  const run = async (by: "password" | "passkey", f: () => Promise<void>): Promise<void> => {
    setBusy(by);
    setWrong("");
    try {
      await f();
      onAnswer(true);
    } catch (e) {
      if (e instanceof Problem && e.field === "password") setWrong("This is not your password.");
      else if (e instanceof Problem && e.status === 429) setWrong(`Too many tries. Wait ${plural(e.retryAfter || 60, "second")}.`);
      else if (e instanceof DOMException) setWrong("No passkey was chosen.");
      else setWrong(reason(e));
      setBusy("");
    }
  };
  const byPasskey = (kind: "plain" | "primary"): JSX.Element => (
    <Button kind={kind} icon="key" busy={busy === "passkey"} autoFocus={!account.has_password} onClick={() => void run("passkey", confirmWithPasskey)}>
      Use a passkey
    </Button>
  );

  return (
    <Dialog
      title="Confirm that it is you"
      onClose={() => onAnswer(false)}
      actions={
        <>
          <Button onClick={() => onAnswer(false)}>Cancel</Button>
          {account.has_password ? (
            <Button kind="primary" type="submit" form="confirm-me" busy={busy === "password"}>
              Confirm
            </Button>
          ) : passkey ? (
            byPasskey("primary")
          ) : null}
        </>
      }
    >
      <div class="stack">
        <p>This opens or closes a way into Gait, and you signed in a while ago. Nothing that you entered is lost.</p>
        <Wrong text={wrong} />
        {account.has_password ? (
          <form
            id="confirm-me"
            onSubmit={(e) => {
              e.preventDefault();
              void run("password", () => post("/account/confirm", { password }));
            }}
          >
            <input type="email" autoComplete="username" value={account.email} readOnly hidden />
            <TextField label="Your password" type="password" name="password" autoComplete="current-password" required autoFocus value={password} onValue={setPassword} />
          </form>
        ) : passkey ? null : (
          <p class="soft">
            You have no password, and your passkeys do not work at this address. Whoever runs the server makes you a password with <code>gait password</code>.
          </p>
        )}
        {account.has_password && passkey ? (
          <>
            <p class="or">or</p>
            {byPasskey("plain")}
          </>
        ) : null}
      </div>
    </Dialog>
  );
}
