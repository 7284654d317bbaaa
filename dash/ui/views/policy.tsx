// What each check weighs and where the bands begin; and before anything is saved,
// whose verdict would flip.

import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { useMay } from "../app/account";
import { post, Problem, reason, useLoad } from "../app/api";
import { count } from "../app/format";
import { forget } from "../app/shared";
import type { Bands, Caps, Policy, PolicyPreview } from "../app/types";
import { Button } from "../parts/button";
import { Dialog } from "../parts/dialog";
import { Field, TextField } from "../parts/field";
import { Icon } from "../parts/icon";
import { Card, Page } from "../parts/page";
import { Loaded, Skeleton } from "../parts/states";
import { toast } from "../parts/toast";
import { Help } from "../parts/tooltip";
import { Preview } from "./policypreview";
import { Versions } from "./policyversions";
import { Weights } from "./policyweights";
import { Wrong } from "./signin";

export interface Draft {
  weights: Record<string, { detected: number; not_detected: number }>;
  bands: Bands;
  caps: Caps;
}

export function draftOf(p: Policy): Draft {
  return {
    weights: Object.fromEntries(p.weights.map((w) => [w.key, { detected: w.detected, not_detected: w.not_detected }])),
    bands: { ...p.bands },
    caps: { ...p.caps },
  };
}

const same = (a: Draft, b: Draft): boolean => JSON.stringify(a) === JSON.stringify(b);

export function PolicyView(): JSX.Element {
  const load = useLoad<Policy>("/policy");
  return (
    <Page
      title="Policy"
      lead="A score is a sum: a base, and what each answer of a check adds or takes off. Here you decide how much."
    >
      <Loaded load={load} skeleton={<Card><Skeleton lines={10} height={24} /></Card>}>
        {(p) => <Editor key={p.version} p={p} saved={(next) => load.set(next)} reload={load.reload} />}
      </Loaded>
    </Page>
  );
}

function Editor({ p, saved, reload }: { p: Policy; saved: (p: Policy) => void; reload: () => void }): JSX.Element {
  const start = useMemo(() => draftOf(p), [p]);
  const [draft, setDraft] = useState(start);
  const [saving, setSaving] = useState(false);
  const may = useMay("owner");
  const tries = useMay("analyst");
  const dirty = !same(draft, start);
  const wrong = problemOf(draft);
  const preview = usePreview(draft, tries && !wrong);

  useEffect(() => {
    if (!dirty) return;
    const ask = (e: BeforeUnloadEvent): void => e.preventDefault();
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, [dirty]);

  const defaults = (): void =>
    setDraft({
      weights: Object.fromEntries(p.weights.map((w) => [w.key, { detected: w.default_detected, not_detected: w.default_not_detected }])),
      bands: { ...p.default_bands },
      caps: { ...p.default_caps },
    });

  return (
    <>
      <div class="policy">
        <div class="policy-edit">
          <Limits draft={draft} set={setDraft} wrong={wrong} disabled={!tries} />
          <Weights p={p} draft={draft} set={setDraft} disabled={!tries} />
          <div class="policy-foot">
            <Button small kind="quiet" disabled={!tries} onClick={defaults}>
              Set all to the built-in values
            </Button>
          </div>
        </div>
        <div class="policy-side">
          <div class="policy-bar" role="region" aria-label="Draft">
            <span>
              <strong>{dirty ? "Draft" : p.version === 0 ? "Built-in policy" : `Version ${p.version}`}</strong>
              <span class="soft num"> {!dirty ? "in force" : preview.data ? `flips ${count(preview.data.flips)}` : "not saved"}</span>
            </span>
            <span class="policy-buttons">
              <Button disabled={!dirty} onClick={() => setDraft(start)}>
                Discard
              </Button>
              <Button kind="primary" disabled={!dirty || !may || wrong !== ""} onClick={() => setSaving(true)} title={may ? "" : "Saving needs the role of an owner"}>
                Save…
              </Button>
            </span>
          </div>
          {tries ? (
            <Preview preview={preview} bands={draft.bands} dirty={dirty} />
          ) : (
            <p class="notice">
              <Icon name="lock" />
              <span>Trying a policy out needs the role of an analyst, saving it that of an owner.</span>
            </p>
          )}
        </div>
      </div>
      <Versions p={p} restored={saved} />
      {saving ? (
        <SaveDialog
          p={p}
          draft={draft}
          preview={preview.data}
          onClose={() => setSaving(false)}
          onSaved={(next) => {
            setSaving(false);
            forget("/policy");
            saved(next);
            toast(`Version ${next.version} is in force. Sessions are judged anew by it.`);
          }}
          onStale={() => {
            setSaving(false);
            reload();
            toast("Somebody saved another version meanwhile. It is shown now; your draft is gone.", true);
          }}
        />
      ) : null}
    </>
  );
}

function problemOf(d: Draft): string {
  const { monitor, review, reject } = d.bands;
  const { facts, one, two } = d.caps;
  if (![monitor, review, reject, facts, one, two].every(Number.isInteger)) return "Limits are whole numbers.";
  if (monitor < 0 || monitor > review || review > reject || reject > 101) return "The bands have to rise, from 0 to 101, which nothing reaches.";
  if (facts < 0 || facts > one || one > two || two > 100) return "The caps have to rise, from 0 to 100.";
  return "";
}

export interface PreviewState {
  data: PolicyPreview | undefined;
  error: string;
  loading: boolean;
}

/** How long the draft rests before it is tried out, in ms. */
const rest = 250;

function usePreview(draft: Draft, on: boolean): PreviewState {
  const [state, set] = useState<PreviewState>({ data: undefined, error: "", loading: on });
  const stop = useRef<AbortController>(undefined);
  const key = JSON.stringify(draft);
  useEffect(() => {
    if (!on) return;
    set((s) => ({ ...s, loading: true }));
    const timer = setTimeout(() => {
      stop.current?.abort();
      const mine = new AbortController();
      stop.current = mine;
      post<PolicyPreview>("/policy/preview", { ...draft, days: 30 }, { signal: mine.signal }).then(
        (data) => set({ data, error: "", loading: false }),
        (e: unknown) => !mine.signal.aborted && set((s) => ({ ...s, error: reason(e), loading: false })),
      );
    }, rest);
    return () => clearTimeout(timer);
  }, [key, on]);
  useEffect(() => () => stop.current?.abort(), []);
  return state;
}

interface LimitsProps {
  draft: Draft;
  set: (d: Draft) => void;
  wrong: string;
  disabled: boolean;
}

const bandWords: [keyof Bands, string, string][] = [
  ["monitor", "Monitor from", "Accept with monitoring"],
  ["review", "Review from", "Manual review or additional verification"],
  ["reject", "Reject from", "Auto-reject or high-priority review; 101 is never"],
];

const capWords: [keyof Caps, string, string][] = [
  ["facts", "Facts, device, network", "What people have too: a VPN, a virtual machine, pasted text"],
  ["one", "One kind of behaviour", "Evidence of a single kind, such as only the pointer"],
  ["two", "Two kinds of behaviour", "Or agent-like or replayed behaviour alone"],
];

function Limits({ draft, set, wrong, disabled }: LimitsProps): JSX.Element {
  return (
    <Card title="Bands and caps">
      <div class="limits">
        <fieldset disabled={disabled}>
          <legend>Bands begin at</legend>
          <div class="limits-row">
            {bandWords.map(([key, name, hint]) => (
              <Small key={key} label={name} hint={hint} tone={key} value={draft.bands[key]} max={101} onValue={(v) => set({ ...draft, bands: { ...draft.bands, [key]: v } })} />
            ))}
          </div>
        </fieldset>
        <fieldset disabled={disabled}>
          <legend>
            Caps: no higher than <Help text="However many checks of a kind fire, the score stays at the cap, so that weak evidence of one kind cannot turn anybody away." label="What are caps?" />
          </legend>
          <div class="limits-row">
            {capWords.map(([key, name, hint]) => (
              <Small key={key} label={name} hint={hint} value={draft.caps[key]} max={100} onValue={(v) => set({ ...draft, caps: { ...draft.caps, [key]: v } })} />
            ))}
          </div>
        </fieldset>
        {wrong ? (
          <p class="wrong" role="alert">
            {wrong}
          </p>
        ) : null}
      </div>
    </Card>
  );
}

function Small({ label, hint, tone, value, max, onValue }: { label: string; hint: string; tone?: string; value: number; max: number; onValue: (v: number) => void }): JSX.Element {
  return (
    <div data-tone={tone} class="limit">
      <Field label={label} hint={hint}>
        {(about) => (
          <input
            class="input num"
            type="number"
            min={0}
            max={max}
            step={1}
            inputMode="numeric"
            {...about}
            value={Number.isNaN(value) ? "" : value}
            onInput={(e) => onValue(e.currentTarget.valueAsNumber)}
          />
        )}
      </Field>
    </div>
  );
}

interface SaveProps {
  p: Policy;
  draft: Draft;
  preview: PolicyPreview | undefined;
  onClose: () => void;
  onSaved: (p: Policy) => void;
  onStale: () => void;
}

function SaveDialog({ p, draft, preview, onClose, onSaved, onStale }: SaveProps): JSX.Element {
  const [note, setNote] = useState("");
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState("");
  const save = async (): Promise<void> => {
    setBusy(true);
    try {
      onSaved(await post<Policy>("/policy", { ...draft, note: note.trim(), based: p.version }));
    } catch (e) {
      if (e instanceof Problem && e.status === 409) return onStale();
      setWrong(reason(e));
      setBusy(false);
    }
  };
  return (
    <Dialog
      title="Save the policy"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" form="save-policy" busy={busy}>
            Save and judge by it
          </Button>
        </>
      }
    >
      <form
        id="save-policy"
        class="stack"
        onSubmit={(e) => {
          e.preventDefault();
          void save();
        }}
      >
        <Wrong text={wrong} />
        <p>
          {preview ? (
            <>
              Of the {count(preview.sessions)} sessions of the last 30 days, <strong>{count(preview.flips)}</strong> would change band. All are judged anew.
            </>
          ) : (
            "All sessions are judged anew."
          )}
        </p>
        <TextField label="Why" autoFocus maxLength={200} value={note} onValue={setNote} hint="For those who read the versions later." />
      </form>
    </Dialog>
  );
}
