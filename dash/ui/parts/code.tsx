// Text to copy: a key, a script tag, a command.

import type { JSX } from "preact";
import { CopyButton } from "./button";

export function CodeBlock({ text, label }: { text: string; label: string }): JSX.Element {
  return (
    <div class={text.includes("\n") ? "code" : "code line"}>
      <pre tabIndex={0} role="region" aria-label={label}>
        <code>{text}</code>
      </pre>
      <CopyButton text={text} label={`Copy ${label}`} />
    </div>
  );
}
