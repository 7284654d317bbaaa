// The end of a person's recording: waits until the tracker has sent everything, stops
// it, shows what would be saved, and saves or discards it.

const byId = (id) => document.getElementById(id);

const ask = async (path) => {
  const answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ sess: session }) });
  const body = await answer.json();
  if (body.error) throw new Error(body.error);
  return body;
};

const quiet = 900; // ms without a batch: the tracker sends every second at most
const patience = 8000;

// Resolves once batches have come and no more do.
const sent = () =>
  new Promise((resolve) => {
    setTimeout(resolve, patience);
    let timer = 0;
    addEventListener("gait:ack", () => {
      clearTimeout(timer);
      timer = setTimeout(resolve, quiet);
    });
  });

const rows = (table, list) => {
  const body = byId(table).tBodies[0];
  for (const { name, why, value, kind } of list) {
    const row = body.insertRow();
    const head = document.createElement("th");
    head.scope = "row";
    head.textContent = name;
    if (why) head.append(Object.assign(document.createElement("small"), { textContent: why }));
    row.append(head);
    Object.assign(row.insertCell(), { textContent: value, className: kind ?? "" });
  }
};

const show = (found) => {
  const { person, device, day, score, action, verdicts, counts, keys, traits, events, batches, bytes, seconds } = found;
  const number = (n) => n.toLocaleString("en");
  byId("counts").caption.textContent = `${number(events)} events in ${number(batches)} batches, ${number(Math.ceil(bytes / 1000))} kB, ${number(Math.round(seconds))} seconds`;
  rows("counts", counts.map(({ name, n }) => ({ name, value: number(n) })));
  rows("keys", (keys ?? []).map(({ name, n }) => ({ name, value: number(n) })));
  byId("traits").textContent = (traits ?? []).join(", ");
  byId("with").textContent = `the name ${person}, the device ${device}, the day ${day} and the numbers of the forms`;
  byId("score").textContent = score;
  byId("action").textContent = action;
  rows("verdicts", verdicts.map(({ title, why, verdict }) => ({ name: title, why, value: verdict, kind: verdict.split(" ")[0].toLowerCase() })));
  byId("review").hidden = byId("actions").hidden = false;
};

let session = sessionStorage.getItem("rtSessionId");

const end = (words) => {
  byId("actions").hidden = true;
  byId("again").hidden = false;
  byId("state").textContent = words;
  sessionStorage.removeItem("gaitReview");
};

const decide = (button, path, words) => {
  byId(button).addEventListener("click", async () => {
    byId("save").disabled = byId("discard").disabled = true;
    byId("problem").textContent = "";
    try {
      end(words(await ask(path)));
    } catch (error) {
      byId("problem").textContent = `This did not work: ${error.message}`;
      byId("save").disabled = byId("discard").disabled = false;
    }
  });
};

decide("save", "/save", ({ file, bytes }) => `Saved: one line of ${Math.ceil(bytes / 1000).toLocaleString("en")} kB in ${file}.`);
decide("discard", "/discard", () => {
  byId("review").hidden = true;
  return "Discarded. Nothing was written.";
});

try {
  if (session) {
    await sent();
    window.gaitConsent?.(false); // ends the recording
    sessionStorage.setItem("gaitReview", session);
  }
  session ||= sessionStorage.getItem("gaitReview");
  if (session) {
    show(await ask("/review"));
    byId("state").textContent = "The recording has stopped. This is all that it holds.";
  } else {
    end("There is no recording to look at.");
  }
} catch (error) {
  byId("problem").textContent = `This did not work: ${error.message}`;
  byId("again").hidden = false;
}
