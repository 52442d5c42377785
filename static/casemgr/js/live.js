// The page's one socket. It carries kind, case number and cursor; whoever listens fetches the rest through normal
// permissions. Tells the page by events on <body>: live-message (detail: the message), live-refresh (read everything
// anew), live-state (detail: { live, unread }), live-open (after each hello). live-send (detail: the frame) is sent if it can be.
// Where sockets do not get through, it asks now and then how far the inbox is; when they do again, it goes back to them.

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60_000;
const HELLO_MS = 10_000;
const POLL_MS = 20_000;
const POLL_AFTER = 3; // attempts in a row that came to nothing
const REFUSED_WAIT_MS = 300_000;
const SIGNED_OUT = 4401;
const REFUSED = [1008, 1009, 4429]; // waiting a moment helps none of these

const state = document.querySelector("[data-inbox]");
let socket = null;
let cursor = null; // the last one seen on a socket; stays with the page, also in the back-forward cache
let polled = null;
let failures = 0;
let over = false; // signed out: the next page says so
let retry = 0;
let poll = 0;
let greeting = 0;

const tell = (name, detail) => document.body.dispatchEvent(new CustomEvent(name, { detail }));

// Full jitter, so that a restarted server is not met by everyone at once.
function wait() {
  return FIRST_WAIT_MS / 2 + Math.random() * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures);
}

function later(milliseconds) {
  clearTimeout(retry);
  retry = setTimeout(connect, milliseconds);
}

function connect() {
  clearTimeout(retry);
  if (over || socket || !navigator.onLine) return;
  const url = new URL(state.dataset.socket, location.href);
  url.protocol = url.protocol.replace("http", "ws");
  const mine = new WebSocket(url);
  socket = mine;
  mine.addEventListener("open", () => mine.send(JSON.stringify({ hello: cursor })));
  mine.addEventListener("message", (event) => mine === socket && received(event.data));
  mine.addEventListener("close", (event) => mine === socket && closed(event.code));
  // A proxy may open a socket and let nothing through.
  clearTimeout(greeting);
  greeting = setTimeout(() => drop() && closed(0), HELLO_MS);
}

// Leave the socket without waiting for its end: a dead network tells of none.
function drop() {
  const mine = socket;
  socket = null;
  clearTimeout(greeting);
  mine?.close();
  return Boolean(mine);
}

function closed(code) {
  socket = null;
  clearTimeout(greeting);
  if (code === SIGNED_OUT) {
    stop();
    return;
  }
  failures += 1;
  if (failures >= POLL_AFTER || REFUSED.includes(code)) startPolling();
  if (!poll) tell("live-state", { live: false, failures });
  later(REFUSED.includes(code) ? REFUSED_WAIT_MS * (0.5 + Math.random()) : wait());
}

function stop() {
  over = true;
  clearTimeout(retry);
  stopPolling();
  drop();
  tell("live-state", { live: true });
}

function received(data) {
  let message;
  try {
    message = JSON.parse(data);
  } catch {
    return;
  }
  if (message.kind === "hello" || message.kind === "refresh") greeted(message);
  else if (message.cursor === undefined) tell("live-message", message);
  else if (cursor === null || message.cursor > cursor) {
    cursor = message.cursor;
    tell("live-message", message);
  }
}

function greeted(message) {
  clearTimeout(greeting);
  stopPolling();
  failures = 0;
  const missed = (message.missed ?? []).filter((one) => one.cursor > cursor);
  // A cursor of ours that the server never gave counts for nothing.
  cursor = message.cursor;
  for (const one of missed) tell("live-message", one);
  tell("live-state", { live: true, unread: message.unread });
  if (message.kind === "refresh") tell("live-refresh");
  tell("live-open");
}

function startPolling() {
  if (poll || over) return;
  const ask = async () => {
    const came = await asked();
    if (!poll) return;
    tell("live-state", { live: came !== null, unread: came?.unread, failures });
    poll = setTimeout(ask, POLL_MS * (0.75 + Math.random() / 2));
  };
  poll = setTimeout(ask, FIRST_WAIT_MS * Math.random());
}

function stopPolling() {
  clearTimeout(poll);
  poll = 0;
  polled = null;
}

// How far the inbox is: {cursor, unread}; null when nobody answers.
async function asked() {
  try {
    const answer = await fetch(state.dataset.poll, { headers: { Accept: "application/json" }, cache: "no-store" });
    if (answer.redirected || answer.status === 401 || answer.status === 403) {
      stop();
      return null;
    }
    if (!answer.ok) return null;
    const came = await answer.json();
    if ((polled ?? cursor ?? came.cursor) !== came.cursor) tell("live-refresh");
    polled = came.cursor;
    return came;
  } catch {
    return null;
  }
}

function wakeUp() {
  if (over || socket) return;
  later(Math.random() * FIRST_WAIT_MS);
}

if (state) {
  document.body.addEventListener("live-send", (event) => {
    if (socket?.readyState === WebSocket.OPEN && cursor !== null) socket.send(JSON.stringify(event.detail));
  });
  window.addEventListener("offline", () => {
    clearTimeout(retry);
    drop();
    tell("live-state", { live: false, failures: POLL_AFTER });
  });
  window.addEventListener("online", () => {
    failures = 0;
    wakeUp();
  });
  // An open socket keeps a page out of the back-forward cache, and one that slept there is dead.
  window.addEventListener("pagehide", () => {
    clearTimeout(retry);
    stopPolling();
    drop();
  });
  window.addEventListener("pageshow", (event) => event.persisted && wakeUp());
  document.addEventListener("visibilitychange", () => document.hidden || wakeUp());
  connect();
}
