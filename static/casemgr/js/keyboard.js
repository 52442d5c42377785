// Keys of the back office: / search, j k rows, x ticks one, Enter or o opens, ? help, Esc leaves.

const rows = () => [...document.querySelectorAll("[data-rows] [data-row]")].filter((row) => row.offsetParent !== null);
const linkOf = (row) => row.querySelector("a[data-row-link]") ?? row.querySelector("a[href]");

function currentIndex(all) {
  return all.findIndex((row) => row.contains(document.activeElement) || row.classList.contains("row-current"));
}

function moveTo(step) {
  const all = rows();
  if (all.length === 0) return;
  const here = currentIndex(all);
  const next = here < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, here + step));
  all.forEach((row, index) => row.classList.toggle("row-current", index === next));
  linkOf(all[next])?.focus();
  all[next].scrollIntoView({ block: "nearest" });
}

function openCurrent() {
  const row = rows().find((candidate) => candidate.classList.contains("row-current"));
  if (row) linkOf(row)?.click();
}

function tickCurrent() {
  const row = rows().find((candidate) => candidate.classList.contains("row-current"));
  row?.querySelector("[data-row-choice]")?.click();
}

function isTyping(target) {
  return target.closest("input:not([type='checkbox'], [type='radio']), textarea, select, [contenteditable]");
}

function leaveField() {
  document.activeElement?.blur();
  document.querySelectorAll("details.dropdown[open]").forEach((menu) => menu.removeAttribute("open"));
}

const actions = {
  "/": () => document.querySelector("[data-search-focus]")?.focus(),
  "?": () => document.getElementById("keyboard-help")?.togglePopover?.(),
  j: () => moveTo(1),
  k: () => moveTo(-1),
  o: openCurrent,
  x: tickCurrent,
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape") return leaveField();
  if (isTyping(event.target)) return;
  const action = actions[event.key];
  if (!action) return;
  event.preventDefault();
  action();
});

document.addEventListener("click", (event) => {
  document.querySelectorAll("details.dropdown[open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.removeAttribute("open");
  });
});
