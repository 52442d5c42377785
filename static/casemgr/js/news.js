// Says that a page of the citizen or the business is not the newest any more. Asks only while the page is looked at, at
// first each 20 s, then more and more seldom; never reloads by itself, so nothing typed is lost.

const FIRST_MS = 20_000;
const LONGEST_MS = 300_000;
const GROWTH = 1.5;

const place = document.querySelector("[data-news-url]");
let wait = FIRST_MS;
let timer = 0;
let askedAt = Date.now();

function later() {
  clearTimeout(timer);
  timer = setTimeout(ask, wait * (0.8 + Math.random() * 0.4));
}

// The status, or 0 where nobody answers.
async function statusNow() {
  try {
    const headers = { "If-None-Match": `"${place.dataset.newsMark}"` };
    return (await fetch(place.dataset.newsUrl, { headers, cache: "no-store" })).status;
  } catch {
    return 0;
  }
}

async function ask() {
  clearTimeout(timer);
  if (document.hidden) return;
  askedAt = Date.now();
  const status = await statusNow();
  if (status === 204) place.querySelector("[data-news]").hidden = false;
  if (status === 204 || status === 403) return; // said, or not open any more: the next page says so
  wait = Math.min(LONGEST_MS, wait * (status === 304 ? GROWTH : 2));
  later();
}

function lookedAt() {
  clearTimeout(timer);
  if (document.hidden || !place.querySelector("[data-news]").hidden) return;
  wait = FIRST_MS;
  if (Date.now() - askedAt > FIRST_MS) ask();
  else later();
}

if (place) {
  document.addEventListener("visibilitychange", lookedAt);
  window.addEventListener("pageshow", (event) => event.persisted && lookedAt());
  later();
}
