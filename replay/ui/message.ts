// What is shown instead of a replay.

const box = (): HTMLElement => document.getElementById("message")!;

const element = <K extends keyof HTMLElementTagNameMap>(tag: K, text = ""): HTMLElementTagNameMap[K] => {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
};

export const clear = (): void => box().replaceChildren();

export const tell = (title: string, text: string, ...more: HTMLElement[]): void => {
  box().replaceChildren(element("h2", title), element("p", text), ...more);
};

// Returns a function to be told how much is there.
export const loading = (chunks: number): ((loaded: number) => void) => {
  const progress = element("progress");
  progress.max = chunks;
  progress.setAttribute("aria-label", "Loading");
  box().replaceChildren(progress);
  return (loaded) => {
    progress.value = loaded;
  };
};

export const again = (run: () => void): HTMLButtonElement => {
  const button = element("button", "Try again");
  button.type = "button";
  button.addEventListener("click", run);
  return button;
};

export const askForKey = (wrong: boolean, run: (key: string) => void): void => {
  const form = element("form");
  const input = element("input");
  input.type = "password";
  input.autocomplete = "off";
  input.required = true;
  input.placeholder = "sk-…";
  input.setAttribute("aria-label", "Secret key");
  const button = element("button", "Show the replay");
  form.append(input, button);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    run(input.value.trim());
  });
  tell(
    wrong ? "This key does not open it" : "Sign in to see this replay",
    "Sign in to the dashboard in this browser, or enter a secret key of the workspace. The key is kept by this page only as long as it is open.",
    form,
  );
  input.focus();
};
