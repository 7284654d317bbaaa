// The survey works without this. It shows where a slider stands, and brings back
// what was answered when the visitor turns back a page: the server keeps nothing,
// the tab does until the survey is sent.

import { setText } from "./dom";

const keyOf = (page: string): string => `oakum-survey-${page}`;

export function survey(): void {
  if (location.pathname.endsWith("/done")) {
    for (const key of Object.keys(sessionStorage)) if (key.startsWith(keyOf(""))) sessionStorage.removeItem(key);
    return;
  }
  const form = document.querySelector<HTMLFormElement>("#survey");
  if (!form) return;
  const key = keyOf(form.dataset.page ?? "");
  // A page that came back with what is missing has its answers already.
  if (!document.querySelector(".missing")) restore(form, sessionStorage.getItem(key) ?? "[]");
  form.addEventListener("input", () => {
    sessionStorage.setItem(key, JSON.stringify([...new FormData(form)]));
    tell(form);
  });
  tell(form);
  // From the back/forward cache the browser restores more than the output.
  addEventListener("pageshow", () => tell(form));
}

function restore(form: HTMLFormElement, saved: string): void {
  for (const [name, value] of JSON.parse(saved) as [string, string][]) {
    for (const field of form.querySelectorAll<HTMLInputElement>(`[name="${CSS.escape(name)}"]`)) {
      if (field.type === "radio" || field.type === "checkbox") field.checked ||= field.value === value;
      else field.value = value;
    }
  }
}

function tell(form: HTMLFormElement): void {
  for (const output of form.querySelectorAll<HTMLOutputElement>("output")) {
    const field = form.elements.namedItem(output.htmlFor.value) as HTMLInputElement;
    setText(output, (output.dataset.unit ?? "%s").replace("%s", field.value));
    field.style.setProperty("--at", String((Number(field.value) - Number(field.min)) / (Number(field.max) - Number(field.min))));
  }
}
