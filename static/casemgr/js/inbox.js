// Live inbox: a socket message carries kind and case number only; the list is fetched again through normal permissions.

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60_000;
const TOAST_MS = 12_000;
const QUIET_RECONNECTS = 1; // A blink of the network is not worth a banner.

const state = document.querySelector("[data-inbox]");
const plainTitle = document.title;
let attempts = 0;
let opened = false;

function refreshBell() {
  document.body.dispatchEvent(new CustomEvent("inbox-changed"));
}

function showReconnecting(visible) {
  state.hidden = !visible;
  state.querySelector("[data-reconnecting]").hidden = !visible;
}

function showCountInTitle() {
  const count = Number(document.getElementById("bell-count")?.dataset.count ?? 0);
  document.title = count ? `(${count}) ${plainTitle}` : plainTitle;
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

function received(event) {
  let message;
  try {
    message = JSON.parse(event.data);
  } catch {
    return;
  }
  refreshBell();
  document.body.dispatchEvent(new CustomEvent("case-changed", { detail: { case: message.case, kind: message.kind } }));
  if (message.urgent) toast(message);
}

// Full jitter, so that a restarted server is not met by everyone at once.
function waitBeforeRetry() {
  return FIRST_WAIT_MS / 2 + Math.random() * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempts);
}

function connect() {
  const url = new URL(state.dataset.socket, location.href);
  url.protocol = url.protocol.replace("http", "ws");
  const socket = new WebSocket(url);
  socket.addEventListener("open", () => {
    if (opened) refreshBell(); // What came while away is only in the list.
    opened = true;
    attempts = 0;
    showReconnecting(false);
  });
  socket.addEventListener("message", received);
  socket.addEventListener("close", (event) => {
    if (event.code === 4401 || event.code === 4403) return; // Signed out: the next page says so.
    attempts += 1;
    if (attempts > QUIET_RECONNECTS) showReconnecting(true);
    setTimeout(connect, waitBeforeRetry());
  });
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
  showCountInTitle();
  connect();
}
