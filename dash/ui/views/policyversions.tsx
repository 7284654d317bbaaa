// All versions of the policy, with what each changed, and the way back.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useMay } from "../app/account";
import { post, useLoad } from "../app/api";
import { forget, useChecks } from "../app/shared";
import type { Check, List, Policy, PolicyVersion } from "../app/types";
import { Badge } from "../parts/badge";
import { Button } from "../parts/button";
import { Confirm } from "../parts/dialog";
import { Card } from "../parts/page";
import { Empty, Loaded, Skeleton } from "../parts/states";
import { Time } from "../parts/time";
import { toast } from "../parts/toast";

const limits: Record<string, string> = {
  "bands.monitor": "Monitor from",
  "bands.review": "Review from",
  "bands.reject": "Reject from",
  "caps.facts": "Cap of facts",
  "caps.one": "Cap of one kind",
  "caps.two": "Cap of two kinds",
};

/** "bot.detected" as "Automated browser, detected". */
function named(what: string, checks: Check[]): string {
  const [key = "", part = ""] = what.split(".");
  const title = checks.find((c) => c.key === key)?.title;
  return limits[what] ?? (title ? `${title}, ${part.replace(/_/g, " ")}` : what);
}

export function Versions({ p, restored }: { p: Policy; restored: (p: Policy) => void }): JSX.Element {
  const load = useLoad<List<PolicyVersion>>("/policy/versions");
  const [asked, ask] = useState<number>();
  const may = useMay("owner");
  const checks = useChecks();

  return (
    <Card title="Versions">
      <Loaded load={load} skeleton={<Skeleton lines={3} height={22} />}>
        {({ items }) =>
          !items?.length ? (
            <Empty title="Only the built-in policy so far" icon="history">
              Each save is kept with its author, and can be restored.
            </Empty>
          ) : (
            <ol class="versions">
              {items.map((v) => (
                <li key={v.version}>
                  <div class="version-head">
                    <strong>Version {v.version}</strong>
                    {v.version === p.version ? <Badge tone="accent">In force</Badge> : null}
                    <span class="soft">
                      {v.by || "Command line"}, <Time at={v.at} />
                    </span>
                    {may && v.version !== p.version ? (
                      <Button small onClick={() => ask(v.version)}>
                        Restore
                      </Button>
                    ) : null}
                  </div>
                  {v.note ? <p>{v.note}</p> : null}
                  {v.changes?.length ? (
                    <ul class="changes">
                      {v.changes.map((c, i) => (
                        <li key={i} class="num">
                          {named(c.what, checks)} <span class="soft">{c.from}</span> → {c.to}
                        </li>
                      ))}
                    </ul>
                  ) : null}
                </li>
              ))}
              <li>
                <div class="version-head">
                  <strong>Built in</strong>
                  {p.version === 0 ? <Badge tone="accent">In force</Badge> : null}
                  <span class="soft">what every workspace starts with</span>
                  {may && p.version !== 0 ? (
                    <Button small onClick={() => ask(0)}>
                      Restore
                    </Button>
                  ) : null}
                </div>
              </li>
            </ol>
          )
        }
      </Loaded>
      {asked !== undefined ? (
        <Confirm
          title={asked === 0 ? "Back to the built-in policy?" : `Restore version ${asked}?`}
          yes="Restore"
          kind="primary"
          onClose={() => ask(undefined)}
          run={async () => {
            const next = await post<Policy>("/policy/restore", { version: asked, based: p.version });
            forget("/policy");
            restored(next);
            load.reload();
            toast("Restored. Sessions are judged anew by it.");
          }}
        >
          <p>It becomes a new version; nothing is lost. Stored sessions are judged anew by it.</p>
        </Confirm>
      ) : null}
    </Card>
  );
}
