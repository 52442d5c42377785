// Buttons that only work with JavaScript start hidden: data-print prints the page, data-copy="#id" copies that element's text.

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const text = document.querySelector(button.dataset.copy).textContent.replace(/\s+/g, "");
    await navigator.clipboard.writeText(text);
    (button.querySelector("span") ?? button).textContent = button.dataset.copied;
  });
}
