// The bell, the count in the title and the toasts. The list is fetched through normal permissions (htmx).

const TOAST_MS = 12_000;
const QUIET_FAILURES = 1; // A blink of the network is not worth a banner.
const GATHER_MS = 300; // Several changes at once are fetched once, and not by everybody in the same moment.
const AGAIN_MS = 4000;

const state = document.querySelector("[data-inbox]");
const plainTitle = document.title;
let refreshing = 0;
let fetching = false;

function refreshBell(_event, within = GATHER_MS) {
  if (refreshing) return;
  refreshing = setTimeout(() => {
    refreshing = 0;
    document.body.dispatchEvent(new CustomEvent("inbox-changed"));
  }, within * (0.5 + Math.random()));
}

function noteFetching(event) {
  if (event.detail.elt?.matches("[data-bell]")) fetching = event.type === "htmx:beforeRequest";
}

// The socket may be whole while the list is not answered: nothing else would ask for it again.
function fetchFailed(event) {
  if (event.detail.elt?.matches("[data-bell]")) refreshBell(event, AGAIN_MS);
}

function showReconnecting(visible) {
  state.hidden = !visible;
  state.querySelector("[data-reconnecting]").hidden = !visible;
}

function shownCount() {
  return Number(document.getElementById("bell-count")?.dataset.count ?? 0);
}

function showCountInTitle() {
  document.title = shownCount() ? `(${shownCount()}) ${plainTitle}` : plainTitle;
}

function toast(message) {
  const region = document.getElementById("toasts");
  const note = region.querySelector("template").content.firstElementChild.cloneNode(true);
  note.classList.add("toast-urgent");
  const sentence = state.querySelector("template[data-urgent]").content.textContent;
  note.querySelector("[data-text]").textContent = sentence.replace("{case}", message.case);
  const link = note.querySelector("[data-link]");
  if (state.dataset.caseUrl) {
    link.href = state.dataset.caseUrl.replace("NUMBER", encodeURIComponent(message.case));
    link.textContent = state.querySelector("template[data-open]").content.textContent;
    link.hidden = false;
  }
  note.querySelector("[data-close]").addEventListener("click", () => note.remove());
  region.append(note);
  setTimeout(() => note.matches(":hover, :focus-within") || note.remove(), TOAST_MS);
}

function received({ detail: message }) {
  if (message.cursor === undefined) return; // not of the inbox
  refreshBell();
  if (!message.case) return;
  document.body.dispatchEvent(new CustomEvent("case-changed", { detail: { case: message.case, kind: message.kind } }));
  if (message.urgent) toast(message);
}

function stateChanged({ detail }) {
  showReconnecting(!detail.live && detail.failures > QUIET_FAILURES);
  // A list on its way may have been made before this count, and come after it.
  if (detail.unread !== undefined && (fetching || detail.unread !== shownCount())) refreshBell();
}

function openBellPanel(event) {
  const panel = document.getElementById("bell-panel");
  if (!panel?.showPopover || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  panel.togglePopover();
}

if (state) {
  document.querySelector("[data-bell]")?.addEventListener("click", openBellPanel);
  document.body.addEventListener("htmx:afterSettle", showCountInTitle);
  document.body.addEventListener("htmx:beforeRequest", noteFetching);
  document.body.addEventListener("htmx:afterRequest", noteFetching);
  for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    document.body.addEventListener(failure, fetchFailed);
  }
  document.body.addEventListener("live-message", received);
  document.body.addEventListener("live-state", stateChanged);
  document.body.addEventListener("live-refresh", refreshBell);
  showCountInTitle();
}
