// Parts of a page that show long work, or a board others write on: [data-follow="import:12"]. The socket says that it moved;
// the part is fetched anew through normal permissions (htmx, or a page that waits is loaded again). Where sockets do not
// get through, each part asks by itself as often as its data-follow-every says.

const GATHER_MS = 1000; // at most one question a second for each part, however fast the work is
const SAFETY_MS = 20_000; // a message can be lost

let open = false;
let asked = "";
const due = new Map(); // by what is followed: the timer, or when it was last asked for
const parts = () => [...document.querySelectorAll("[data-follow]")];

function follow() {
  const what = [...new Set(parts().map((part) => part.dataset.follow))];
  if (!open || what.join() === asked || !what.length) return;
  asked = what.join();
  const agency = parts()[0].dataset.followAgency;
  document.body.dispatchEvent(new CustomEvent("live-send", { detail: { follow: { agency, what: what.slice(0, 30) } } }));
}

function fetchAnew(part) {
  if (part.dataset.followReload) location.replace(part.dataset.followReload);
  else part.dispatchEvent(new CustomEvent("work-moved"));
}

function moved(what) {
  const known = due.get(what) ?? { timer: 0, at: 0 };
  due.set(what, known);
  if (known.timer) return;
  known.timer = setTimeout(() => {
    Object.assign(known, { timer: 0, at: Date.now() });
    parts().filter((part) => part.dataset.follow === what).forEach(fetchAnew);
  }, Math.max(0, known.at + GATHER_MS - Date.now()));
}

function lookOn() {
  if (document.hidden) return;
  for (const part of parts()) {
    if (part.dataset.followReload) continue; // its page asks again by a header
    const every = open ? SAFETY_MS : Number(part.dataset.followEvery ?? 2) * 1000;
    if (Date.now() - (due.get(part.dataset.follow)?.at ?? 0) >= every) moved(part.dataset.follow);
  }
}

if (parts().length) {
  document.body.addEventListener("live-open", () => {
    open = true;
    asked = "";
    follow();
    parts().forEach((part) => part.dataset.followReload || moved(part.dataset.follow)); // what came before that
  });
  document.body.addEventListener("live-state", ({ detail }) => {
    if (!detail.live || detail.failures) open = false;
  });
  document.body.addEventListener("live-message", ({ detail }) => detail.kind === "moved" && moved(detail.what));
  document.body.addEventListener("htmx:afterSettle", follow);
  setInterval(lookOn, 1000);
}
