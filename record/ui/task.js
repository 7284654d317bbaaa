// Lets a link show the field after it.
for (const link of document.querySelectorAll("[data-reveals]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    const block = document.getElementById(link.dataset.reveals);
    block.hidden = block.disabled = false;
  });
}
