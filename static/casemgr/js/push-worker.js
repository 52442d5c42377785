// Runs in the browser when no page is open: shows what was pushed, and opens the list when it is touched. A message holds its
// kind in words and a link; the list asks for sign-in as always.

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

function read(data) {
  try {
    return data.json();
  } catch {
    return {};
  }
}

// Only pages of this site, whatever a message says.
function placeOf(link) {
  try {
    const place = new URL(link ?? "/backoffice/inbox/", self.location.origin);
    return place.origin === self.location.origin ? place.href : self.location.origin;
  } catch {
    return self.location.origin;
  }
}

self.addEventListener("push", (event) => {
  const told = read(event.data);
  // A repeat of the same message replaces the one on the screen.
  const options = { tag: told.id ?? "casemgr", data: { link: placeOf(told.link) } };
  event.waitUntil(self.registration.showNotification(told.text ?? "casemgr", options));
});

async function open(link) {
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const there = pages.find((page) => new URL(page.url).pathname === new URL(link).pathname);
  if (there) await there.focus();
  else await self.clients.openWindow(link);
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data.link));
});
