// Takes consent. Who somebody is, a handle or else a random one, stays in this browser
// so that several sessions of one person can be counted once.

const form = document.getElementById("agree");
const handle = document.getElementById("person");
const problem = document.getElementById("problem");

const stored = (key) => {
  try {
    return localStorage.getItem(key) ?? "";
  } catch {
    return ""; // blocked
  }
};

const store = (key, value) => {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Blocked: this session counts as a person of its own.
  }
};

const random = stored("gaitPerson") || "p-" + Array.from(crypto.getRandomValues(new Uint8Array(5)), (byte) => (byte + 256).toString(16).slice(1)).join("");
store("gaitPerson", random);
document.getElementById("random").textContent = random;
handle.value = stored("gaitHandle");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  problem.textContent = "";
  const person = handle.value.trim();
  store("gaitHandle", person);
  try {
    const answer = await fetch("/consent", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ person: person || random, device: form.elements.device.value }),
    });
    const { next, error } = await answer.json();
    if (error) throw new Error(error);
    // A session of its own, whatever this tab recorded before.
    for (const key of ["rtSessionId", "gaitSecret", "gaitQueue", "gaitConsent", "gaitReview"]) sessionStorage.removeItem(key);
    location.assign(next);
  } catch (error) {
    problem.textContent = `This did not work: ${error.message}`;
  }
});
