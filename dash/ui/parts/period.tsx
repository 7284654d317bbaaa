// Chooses a period, which lives in the address.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { dayText, presets, type Period } from "../app/period";
import { setQuery } from "../app/router";
import { Button } from "./button";
import { Segments, TextField } from "./field";
import { Popover } from "./popover";

export function PeriodPicker({ period, all = false }: { period: Period; all?: boolean }): JSX.Element {
  const choices = presets.map((p) => ({ value: p.value as string, name: p.name as string }));
  if (all) choices.push({ value: "", name: "All" });
  return (
    <div class="period">
      <Segments label="Period" value={period.key} choices={choices} onValue={(p) => setQuery({ p, from: "", to: "" }, false)} />
      <Popover name="Other days" align="right" label={period.key === "custom" ? period.words : "Days…"} class={`button plain small${period.key === "custom" ? " chosen" : ""}`}>
        {(close) => <Days period={period} close={close} />}
      </Popover>
    </div>
  );
}

function Days({ period, close }: { period: Period; close: () => void }): JSX.Element {
  const today = dayText(Date.now());
  const [from, setFrom] = useState(period.since ? dayText(period.since) : today);
  const [to, setTo] = useState(period.until ? dayText(period.until - 1) : today);
  const wrong = from && to && from > to ? "The first day is after the last." : "";
  return (
    <form
      class="stack pad"
      onSubmit={(e) => {
        e.preventDefault();
        if (wrong) return;
        setQuery({ p: "", from, to }, false);
        close();
      }}
    >
      <TextField label="First day" type="date" max={today} value={from} onValue={setFrom} required />
      <TextField label="Last day" type="date" max={today} value={to} onValue={setTo} required error={wrong} />
      <Button type="submit" kind="primary">
        Show
      </Button>
    </form>
  );
}
