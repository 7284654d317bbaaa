// What is filled in: a label above, a hint and what is wrong below.

import type { ComponentChildren, JSX } from "preact";
import { useId } from "preact/hooks";

interface FieldProps {
  label: string;
  hint?: ComponentChildren;
  error?: string | undefined;
  /** Gets the id, and what describes the field. */
  children: (about: { id: string; "aria-describedby": string | undefined; "aria-invalid": boolean | undefined }) => ComponentChildren;
}

export function Field({ label, hint, error, children }: FieldProps): JSX.Element {
  const id = useId();
  const described = [hint ? `${id}-hint` : "", error ? `${id}-error` : ""].filter(Boolean).join(" ") || undefined;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({ id, "aria-describedby": described, "aria-invalid": error ? true : undefined })}
      {hint ? (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      ) : null}
      {error ? (
        <p class="wrong" id={`${id}-error`} role="alert">
          {error}
        </p>
      ) : null}
    </div>
  );
}

interface InputProps {
  label: string;
  hint?: ComponentChildren;
  error?: string | undefined;
  value: string;
  onValue: (value: string) => void;
  type?: "text" | "email" | "password" | "number" | "search" | "url" | "date" | "datetime-local";
  name?: string;
  autoComplete?: string;
  placeholder?: string;
  required?: boolean;
  disabled?: boolean;
  readOnly?: boolean;
  autoFocus?: boolean;
  minLength?: number;
  maxLength?: number;
  min?: number | string;
  max?: number | string;
  step?: number | string;
  inputMode?: "numeric" | "email" | "url";
}

export function TextField({ label, hint, error, value, onValue, ...rest }: InputProps): JSX.Element {
  return (
    <Field label={label} hint={hint} error={error}>
      {(about) => <input class="input" type="text" {...(rest as object)} {...about} value={value} onInput={(e) => onValue(e.currentTarget.value)} />}
    </Field>
  );
}

export interface Choice {
  value: string;
  name: string;
}

export function SelectField({ label, hint, error, value, choices, onValue, disabled = false }: { label: string; hint?: ComponentChildren; error?: string; value: string; choices: Choice[]; onValue: (value: string) => void; disabled?: boolean }): JSX.Element {
  return (
    <Field label={label} hint={hint} error={error}>
      {(about) => <Select {...about} value={value} choices={choices} onValue={onValue} disabled={disabled} />}
    </Field>
  );
}

interface SelectProps {
  value: string;
  choices: Choice[];
  onValue: (value: string) => void;
  id?: string;
  class?: string;
  disabled?: boolean;
  "aria-label"?: string;
  "aria-describedby"?: string | undefined;
  "aria-invalid"?: boolean | undefined;
}

export function Select({ value, choices, onValue, class: extra = "", ...rest }: SelectProps): JSX.Element {
  return (
    <select class={`input select ${extra}`} {...rest} value={value} onInput={(e) => onValue(e.currentTarget.value)}>
      {choices.map((c) => (
        <option key={c.value} value={c.value} selected={c.value === value}>
          {c.name}
        </option>
      ))}
    </select>
  );
}

/** On or off, at once. */
export function Switch({ label, hint, on, onChange, disabled = false }: { label: string; hint?: ComponentChildren; on: boolean; onChange: (on: boolean) => void; disabled?: boolean }): JSX.Element {
  const id = useId();
  return (
    <div class="switch-row">
      <div class="switch-text">
        <label for={id}>{label}</label>
        {hint ? (
          <p class="hint" id={`${id}-hint`}>
            {hint}
          </p>
        ) : null}
      </div>
      <input
        type="checkbox"
        role="switch"
        class="switch"
        id={id}
        checked={on}
        disabled={disabled}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onChange={(e) => onChange(e.currentTarget.checked)}
      />
    </div>
  );
}

/** Something more that may be done, with what is about to be done. */
export function Check({ label, on, onChange, children }: { label: string; on: boolean; onChange: (on: boolean) => void; children?: ComponentChildren }): JSX.Element {
  const id = useId();
  return (
    <div class="also">
      <input type="checkbox" class="check" id={id} checked={on} aria-describedby={children ? `${id}-about` : undefined} onChange={(e) => onChange(e.currentTarget.checked)} />
      <div>
        <label for={id}>{label}</label>
        {children ? (
          <div class="hint" id={`${id}-about`}>
            {children}
          </div>
        ) : null}
      </div>
    </div>
  );
}

/** One of few, all of them seen: a row of radio buttons that looks like one control. */
export function Segments({ label, value, choices, onValue }: { label: string; value: string; choices: Choice[]; onValue: (value: string) => void }): JSX.Element {
  const name = useId();
  return (
    <fieldset class="segments">
      <legend class="visually-hidden">{label}</legend>
      {choices.map((c) => (
        <label key={c.value} class="segment">
          <input type="radio" class="visually-hidden" name={name} value={c.value} checked={c.value === value} onChange={() => onValue(c.value)} />
          <span>{c.name}</span>
        </label>
      ))}
    </fieldset>
  );
}
