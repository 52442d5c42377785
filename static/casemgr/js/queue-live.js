// Rows of a list that change under one's eyes: each is fetched anew through normal permissions and put in its place. Focus,
// ticks and the place on the page stay. A case that left the list stays to be seen as left; new ones are offered.

const GATHER_MS = 1000; // one question a second at most, however much happens
const MOST = 50;

const place = document.querySelector("[data-queue-live]");
const changed = new Set();
const fresh = new Set();
let timer = 0;
let askedAt = 0;

const rowOf = (number) => document.querySelector(`[data-row="${CSS.escape(number)}"]`);
const words = (name) => place.querySelector(`template[${name}]`).content.textContent;

function later() {
  if (timer || document.hidden || !changed.size) return;
  timer = setTimeout(ask, Math.max(Math.random() * 500, askedAt + GATHER_MS - Date.now()));
}

async function ask() {
  askedAt = Date.now();
  const numbers = [...changed].slice(0, MOST);
  numbers.forEach((number) => changed.delete(number));
  const query = new URLSearchParams(location.search);
  for (const name of ["page", "all", "changed"]) query.delete(name);
  query.set("tab", place.dataset.tab);
  numbers.forEach((number) => query.append("changed", number));
  const rows = await rowsNow(`${place.dataset.rowsUrl}?${query}`);
  timer = 0;
  if (rows) numbers.forEach((number) => put(number, rows.get(number)));
  later();
}

// By case number; null where nobody answers: the rows stay as they were, the page is what it was.
async function rowsNow(url) {
  try {
    const answer = await fetch(url, { headers: { "HX-Request": "true" }, cache: "no-store" });
    if (!answer.ok || answer.redirected) return null;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return new Map([...page.querySelectorAll("[data-row]")].map((row) => [row.dataset.row, row]));
  } catch {
    return null;
  }
}

function put(number, row) {
  const old = rowOf(number);
  if (old && row) replace(old, row);
  else if (old) markLeft(old);
  else if (row) fresh.add(number);
  else fresh.delete(number);
  showFresh();
}

function replace(old, row) {
  const focus = ["[data-row-link]", "[data-row-choice]"].find((part) => old.querySelector(part)?.matches(":focus"));
  const tick = row.querySelector("[data-row-choice]");
  if (tick) tick.checked = old.querySelector("[data-row-choice]")?.checked ?? false;
  row.classList.toggle("row-current", old.classList.contains("row-current"));
  row.classList.add("row-changed");
  old.replaceWith(row);
  if (focus) row.querySelector(focus)?.focus({ preventScroll: true });
}

function markLeft(row) {
  if (row.classList.contains("row-left")) return;
  row.classList.add("row-left");
  const tick = row.querySelector("[data-row-choice]");
  if (tick) Object.assign(tick, { checked: false, disabled: true });
  const mark = document.createElement("span");
  mark.className = "mark";
  mark.textContent = words("data-left-words");
  row.querySelector(".queue-marks")?.append(mark);
}

function showFresh() {
  place.querySelector("[data-fresh]").hidden = fresh.size === 0;
  place.querySelector("[data-fresh-link]").textContent = words("data-fresh-words").replace("{n}", fresh.size);
}

if (place) {
  document.body.addEventListener("live-open", () => {
    document.body.dispatchEvent(new CustomEvent("live-send", { detail: { watch: { agency: place.dataset.queueLive } } }));
  });
  document.body.addEventListener("live-message", ({ detail: message }) => {
    if (!message.case) return;
    changed.add(message.case);
    later();
  });
  document.addEventListener("visibilitychange", later);
}
