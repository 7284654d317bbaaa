// What somebody who looked at the session says it was.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useMay } from "../app/account";
import { put, reason } from "../app/api";
import type { Label } from "../app/types";
import { Button } from "../parts/button";
import { Segments } from "../parts/field";
import { Time } from "../parts/time";
import { toast } from "../parts/toast";
import type { LabelOf } from "./types";

const choices = [
  { value: "person", name: "Person" },
  { value: "machine", name: "Machine" },
  { value: "unsure", name: "Unsure" },
];

export function LabelControl({ id, label, onLabel }: { id: string; label: LabelOf | null; onLabel: (l: LabelOf | null) => void }): JSX.Element {
  const may = useMay("analyst");
  const [busy, setBusy] = useState(false);
  const now = label?.label ?? "";

  const choose = async (to: Label): Promise<void> => {
    if (busy || to === now) return;
    setBusy(true);
    onLabel(to ? { label: to } : null);
    try {
      const said = await put<LabelOf>(`/sessions/${id}/label`, { label: to });
      onLabel(said.label ? said : null);
    } catch (e) {
      onLabel(label);
      toast(`The label was not kept. ${reason(e)}`, true);
    } finally {
      setBusy(false);
    }
  };

  return (
    <div class="label-control">
      <p class="label-title">What do you say it was?</p>
      {may ? (
        <div class="label-row" aria-busy={busy || undefined}>
          <Segments label="Label of this session" value={now} choices={choices} onValue={(v) => void choose(v as Label)} />
          {now && (
            <Button kind="quiet" small onClick={() => void choose("")}>
              Clear
            </Button>
          )}
        </div>
      ) : (
        <p class="label-said">{now ? choices.find((c) => c.value === now)?.name : "Nobody said so far."}</p>
      )}
      <p class="label-by soft">
        {label?.by ? (
          <>
            By {label.by}
            {label.at ? (
              <>
                , <Time at={label.at} relative />
              </>
            ) : null}
            .
          </>
        ) : may ? (
          "Labels show how often the policy is right."
        ) : (
          "Analysts and owners can label."
        )}
      </p>
    </div>
  );
}
