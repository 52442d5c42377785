// Allows this browser to be woken: asks the person, has the browser subscribe with our key, and sends what it says of itself.

const place = document.querySelector("[data-push]");
const form = place?.querySelector("form");
const supported = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

function show(name) {
  for (const part of place.querySelectorAll("[data-push-state]")) part.hidden = part.dataset.pushState !== name;
}

function bytesOf(text) {
  const padded = text.replaceAll("-", "+").replaceAll("_", "/").padEnd(Math.ceil(text.length / 4) * 4, "=");
  return Uint8Array.from(atob(padded), (letter) => letter.charCodeAt(0));
}

const sameKey = (subscription, key) => {
  const given = subscription.options?.applicationServerKey;
  return given && String(new Uint8Array(given)) === String(key);
};

async function subscribe() {
  const key = bytesOf(place.dataset.push);
  const registration = await navigator.serviceWorker.register(place.dataset.worker, { scope: place.dataset.scope });
  const old = await registration.pushManager.getSubscription();
  // One that was made for another key of ours would have our messages refused.
  if (old && sameKey(old, key)) return old;
  await old?.unsubscribe();
  return registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
}

async function allow(event) {
  event.preventDefault();
  const permission = await Notification.requestPermission();
  if (permission !== "granted") {
    show(permission === "denied" ? "denied" : "ask");
    return;
  }
  show("busy");
  try {
    const { endpoint, keys } = (await subscribe()).toJSON();
    Object.assign(form.elements.endpoint, { value: endpoint });
    Object.assign(form.elements.key, { value: keys.p256dh });
    Object.assign(form.elements.auth, { value: keys.auth });
    form.submit();
  } catch {
    show("failed");
  }
}

if (place) {
  if (!supported) show("unsupported");
  else show(Notification.permission === "denied" ? "denied" : "ask");
  form.addEventListener("submit", allow);
}
