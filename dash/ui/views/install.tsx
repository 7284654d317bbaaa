// The script tag to copy, how to put it into what one has, and whether it works.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useLoad } from "../app/api";
import { link } from "../app/router";
import type { Workspace } from "../app/types";
import { CodeBlock } from "../parts/code";
import { Icon } from "../parts/icon";
import { Card, Page } from "../parts/page";
import { Loaded, Skeleton } from "../parts/states";
import { Tabs } from "../parts/tabs";
import { Checker } from "./installcheck";
import { filled, scriptAddress, snippets, tag } from "./snippets";

export function InstallView(): JSX.Element {
  const load = useLoad<Workspace>("/workspace");
  return (
    <Page title="Install" narrow lead="One script, one attribute. Then watch it arrive.">
      <Loaded load={load} skeleton={<Card><Skeleton lines={6} height={24} /></Card>}>
        {(w) => <Steps w={w} />}
      </Loaded>
    </Page>
  );
}

function Steps({ w }: { w: Workspace }): JSX.Element {
  const [open, set] = useState("form");
  const script = scriptAddress();
  const plain = script.startsWith("http://") && !/^http:\/\/(localhost|127\.)/.test(script);
  return (
    <>
      <Card title="The script" lead="Into the <head> of every page. As it is, it sees the whole visit.">
        <CodeBlock text={tag(script, w.site_key, w.settings.require_consent)} label="the script tag" />
        {plain ? (
          <p class="notice top-gap" data-tone="review">
            <Icon name="review" />
            <span>This address is not https: pages that are will not load it.</span>
          </p>
        ) : null}
        <p class="hint top-gap">
          {w.settings.require_consent ? "It waits for gaitConsent(true), as your settings say. " : ""}
          The site key is public.{" "}
          {(w.origins ?? []).length ? `Pages of ${(w.origins ?? []).join(", ")} may use it.` : "Any page may use it until you name your origins."}{" "}
          <a href={link("/settings")}>Settings</a>
        </p>
      </Card>
      <Checker w={w} />
      <Card title="Into what you have">
        <Tabs
          label="Ways to install"
          open={open}
          onOpen={set}
          tabs={snippets.map((s) => ({
            key: s.key,
            name: s.name,
            body: () => (
              <div class="stack">
                <p>{s.about}</p>
                <CodeBlock text={filled(s.text, script, w.site_key)} label={`the ${s.name.toLowerCase()} snippet`} />
              </div>
            ),
          }))}
        />
      </Card>
      <Card title="Ask for the report" lead="From your server, when the form arrives.">
        <CodeBlock text={`curl -H "Authorization: Bearer sk-…" ${new URL(script).origin}/v1/sessions/SESSION_ID/report`} label="the request" />
        <p class="hint top-gap">
          A secret key is made under <a href={link("/keys")}>Keys</a>.
        </p>
      </Card>
    </>
  );
}
