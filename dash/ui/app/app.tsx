// From nobody to a view: asks who is signed in, shows the way in, and then the
// frame with the view of the address.

import type { JSX } from "preact";
import { useCallback, useEffect, useMemo, useState } from "preact/hooks";
import { Toasts } from "../parts/toast";
import { Empty, Failure } from "../parts/states";
import { Page } from "../parts/page";
import { JoinView, SignInView } from "../views/signin";
import { NewWorkspaceView } from "../views/workspace";
import { type Signed, SignedContext, workspaceKey } from "./account";
import { Confirmer } from "./confirm";
import { get, onSignedOut, Problem, reason, setWorkspace } from "./api";
import { Frame } from "./frame";
import { go, link, setQuery, usePlace } from "./router";
import { view } from "./routes";
import { recall, remember } from "./theme";
import type { Account, State } from "./types";

export function App(): JSX.Element {
  return (
    <>
      <Inner />
      <Toasts />
    </>
  );
}

function Inner(): JSX.Element {
  const place = usePlace();
  const [state, setState] = useState<State>();
  const [account, setAccount] = useState<Account>();
  const [error, setError] = useState<Problem>();
  const [chosen, choose] = useState(() => Number(new URLSearchParams(location.search).get("workspace")) || Number(recall(workspaceKey)) || 0);

  const load = useCallback(async () => {
    setError(undefined);
    try {
      const s = await get<State>("/account/state");
      if (s.signed_in) setAccount(await get<Account>("/account"));
      setState(s);
    } catch (e) {
      setError(e instanceof Problem ? e : new Problem(0, reason(e)));
    }
  }, []);

  useEffect(() => {
    void load();
    onSignedOut(() => {
      setAccount(undefined);
      setState((s) => s && { ...s, signed_in: false });
    });
  }, []);

  // A link that somebody sent names its workspace: from then on it is the chosen one.
  useEffect(() => {
    if (place.query.has("workspace")) {
      const id = Number(place.query.get("workspace"));
      if (id) choose(id);
      setQuery({ workspace: "" });
    }
  }, [place]);

  const workspace = account?.workspaces.find((w) => w.id === chosen) ?? account?.workspaces[0];
  setWorkspace(workspace?.id ?? 0);
  const signed = useMemo<Signed | undefined>(() => {
    if (!state || !account || !workspace) return undefined;
    return {
      state,
      account,
      setAccount,
      workspace,
      choose: (id) => {
        remember(workspaceKey, String(id));
        setWorkspace(id);
        choose(id);
        go(link("/"));
      },
    };
  }, [state, account, workspace]);

  if (error && !state) {
    return (
      <main class="gate">
        <Failure error={error} retry={() => void load()} />
      </main>
    );
  }
  if (!state) return <main class="gate" aria-busy="true" />;

  const enter = (a: Account): void => {
    setAccount(a);
    setState({ ...state, signed_in: true, setup_needed: false });
  };
  if (place.path === "/join" || place.path === "/setup") return <JoinView token={place.hash} account={account} onAccount={enter} state={state} />;
  if (!account) return <SignInView state={state} onAccount={enter} />;
  if (place.path === "/sign-in") {
    go(link("/"), { replace: true });
    return <main class="gate" />;
  }
  if (!signed) return <NewWorkspaceView account={account} onDone={() => void load()} />;

  return (
    <SignedContext.Provider value={signed}>
      <Frame place={place}>
        <div key={signed.workspace.id} class="views">
          {view(place.path) ?? (
            <Page title="Not found">
              <Empty title="There is no such view" icon="search">
                The address may be mistyped, or from another version.
              </Empty>
            </Page>
          )}
        </div>
      </Frame>
      <Confirmer />
    </SignedContext.Provider>
  );
}
