// Buttons that copy. Over plain http there is no clipboard: then the text is
// selected and left to the visitor.

import { byId, setText } from "./dom";

export function copyButtons(): void {
  for (const button of document.querySelectorAll<HTMLElement>("[data-copy]")) {
    const label = button.querySelector("span");
    button.addEventListener("click", async () => {
      const source = byId(button.dataset.copy ?? "");
      let word = "Copied";
      try {
        await navigator.clipboard.writeText(source.textContent ?? "");
      } catch {
        getSelection()?.selectAllChildren(source);
        word = "Selected";
      }
      if (!label) return;
      setText(label, word);
      setTimeout(() => setText(label, "Copy"), 2000);
    });
  }
}
