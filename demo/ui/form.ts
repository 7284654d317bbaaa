// The form of the invented workshop. It goes nowhere; it is polite about it.

import { byId, setText } from "./dom";

const plausible = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

export function form(): void {
  const field = (id: string): HTMLInputElement => byId(id) as HTMLInputElement;
  const status = byId("form-status");
  const asked: [string, (value: string) => boolean, string][] = [
    ["name", (v) => v.trim() !== "", "We would like something to call you."],
    ["email", (v) => plausible.test(v.trim()), "This does not look like an email yet."],
    ["why", (v) => v.trim() !== "", "A word or two is enough."],
  ];

  const checks = asked.map(([id, good, help]) => {
    const hint = byId(`${id}-hint`);
    const usual = hint.textContent ?? "";
    return (quiet: boolean): boolean => {
      const fine = good(field(id).value);
      const complain = !fine && !quiet;
      setText(hint, complain ? help : usual);
      hint.toggleAttribute("data-help", complain);
      field(id).setAttribute("aria-invalid", String(complain));
      return fine;
    };
  });

  // While typing, help goes away as soon as it is not needed; it never appears.
  asked.forEach(([id], i) => {
    field(id).addEventListener("input", () => {
      if (field(id).getAttribute("aria-invalid") === "true") checks[i]?.(false);
    });
    field(id).addEventListener("change", () => checks[i]?.(field(id).value === ""));
  });

  byId("signup").addEventListener("submit", (event) => {
    event.preventDefault();
    const missing = checks.filter((check) => !check(false)).length;
    status.dataset.kind = missing ? "help" : "done";
    const name = field("name").value.trim().split(/\s+/)[0] ?? "";
    setText(
      status,
      missing
        ? `${missing === 1 ? "One answer is" : `${missing} answers are`} still missing, further up.`
        : `Thank you${name.length < 24 ? `, ${name}` : ""}. If Oakum Yard existed, a bench would be yours.`,
    );
  });
}
