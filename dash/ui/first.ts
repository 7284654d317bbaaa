// Runs before the first paint: the chosen theme, so that no wrong one flashes.
try {
  const t = localStorage.getItem("gait.theme");
  if (t === "light" || t === "dark") document.documentElement.dataset["theme"] = t;
} catch {
  // Storage is blocked: the system's theme it is.
}
