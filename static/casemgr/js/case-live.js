// A case page that knows when it shows what is no longer so, and who else is there. The socket says only that the case
// changed; what changed is asked for through normal permissions (htmx). What is typed stays where it is.

const GATHER_MS = 1000; // at most one question a second, however much happens
const HERE_MS = 10_000;
const TYPING_MS = 8000;
const DRAFT_PREFIX = "casemgr-draft:";

const place = document.querySelector("[data-case-live]");
const number = place?.dataset.caseLive;
let asking = 0;
let askedAt = 0;
let typedAt = 0;
let saidTyping = false;

const send = (detail) => document.body.dispatchEvent(new CustomEvent("live-send", { detail }));

function askForNews() {
  if (asking || document.hidden) {
    askedAt = document.hidden ? 0 : askedAt;
    return;
  }
  const wait = Math.max(Math.random() * 300, askedAt + GATHER_MS - Date.now());
  asking = setTimeout(() => {
    asking = 0;
    askedAt = Date.now();
    document.getElementById("case-news").dispatchEvent(new CustomEvent("case-news"));
  }, wait);
}

function sayHere() {
  if (document.hidden) return; // nobody looks: after a while the others see that
  saidTyping = Date.now() - typedAt < TYPING_MS;
  send({ here: saidTyping });
}

function typed({ target }) {
  if (!target.closest("main form[data-draft]")) return;
  typedAt = Date.now();
  if (!saidTyping) sayHere();
}

function named(one) {
  const who = one.name ?? one.agency;
  return one.typing ? place.querySelector("template[data-typing]").content.textContent.replace("{who}", who) : who;
}

function showPresence(here) {
  const line = place.querySelector("[data-presence]");
  line.hidden = here.length === 0;
  const sentence = place.querySelector("template[data-here]").content.textContent;
  line.textContent = here.length ? sentence.replace("{who}", here.map(named).join(", ")) : "";
}

function received({ detail: message }) {
  if (message.case !== number) return;
  if (message.kind === "presence") showPresence(message.here);
  else askForNews();
}

function opened() {
  send({ watch: { agency: place.dataset.agency, case: number } });
  sayHere();
  askForNews(); // what came while no socket was open
}

// What was typed for a form that this page does not offer any more.
function leftOver() {
  const { drafts, draftsOf } = place.dataset;
  const shown = new Set([...document.querySelectorAll("form[data-draft]")].map((form) => form.dataset.draft));
  try {
    return Object.keys(localStorage).filter((key) => {
      const name = key.slice(DRAFT_PREFIX.length);
      return key.startsWith(DRAFT_PREFIX + drafts) && name.endsWith(draftsOf) && !shown.has(name);
    });
  } catch {
    return [];
  }
}

function wordsOf(key) {
  try {
    const { values } = JSON.parse(localStorage.getItem(key));
    return ["question", "answer", "text", "note", "reason", "explanation"].flatMap((name) => values[name] ?? []);
  } catch {
    return [];
  }
}

function showLeftOver() {
  const keys = leftOver();
  const words = keys.flatMap(wordsOf).filter((text) => text.trim());
  if (!words.length) return;
  const panel = place.querySelector("[data-left-over]");
  panel.querySelector("textarea").value = words.join("\n\n");
  panel.hidden = false;
  panel.querySelector("[data-left-over-delete]").addEventListener("click", () => {
    keys.forEach((key) => localStorage.removeItem(key));
    panel.hidden = true;
  });
}

if (place) {
  const news = document.getElementById("case-news");
  // That the case is not ours to see any more comes with its status, and is to be read all the same.
  news.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.status === 404) event.detail.shouldSwap = true;
  });
  news.addEventListener("click", (event) => {
    if (event.target.closest("[data-news-close]")) news.replaceChildren();
  });
  document.body.addEventListener("live-message", received);
  document.body.addEventListener("live-open", opened);
  document.body.addEventListener("live-refresh", askForNews);
  // Where sockets do not get through, the page asks as often as for its inbox.
  document.body.addEventListener("live-state", ({ detail }) => detail.live && detail.failures && askForNews());
  document.addEventListener("visibilitychange", () => document.hidden || (sayHere(), askForNews()));
  document.addEventListener("input", typed);
  setInterval(sayHere, HERE_MS);
  showLeftOver();
}
