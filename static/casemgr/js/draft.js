// Keeps what is typed into a form on this device until it is sent.
// <form data-draft="lodge:what" data-draft-probe="/health/live"> holding components/draft_notice.html.
// A draft is text only: no files, no passwords, nothing marked data-no-draft. Of hidden fields those marked data-draft-kept:
// with the revision it was begun at, a draft of something that was changed since is told so by the server.

const PREFIX = "casemgr-draft:";
const HOURS_KEPT = 72;
const TYPING_PAUSE_MS = 400;
const PROBE_TIMEOUT_MS = 8000;
const SKIPPED_TYPES = new Set(["hidden", "file", "password", "submit", "button", "reset", "image"]);

// A full or forbidden storage must never stand in the way of the form itself.
function stored(action) {
  try {
    return action(window.localStorage);
  } catch {
    return null;
  }
}

function draftFields(form) {
  return [...form.elements].filter(
    (field) =>
      field.name &&
      (!SKIPPED_TYPES.has(field.type) || "draftKept" in field.dataset) &&
      !field.closest("[data-no-draft]"),
  );
}

function readFields(form) {
  const values = {};
  for (const field of draftFields(form)) {
    const isChoice = field.type === "checkbox" || field.type === "radio";
    values[field.name] ??= [];
    if (isChoice ? field.checked : field.value !== "") values[field.name].push(field.value);
  }
  return values;
}

function writeFields(form, values) {
  let changed = false;
  for (const field of draftFields(form)) {
    const saved = values[field.name];
    if (!saved) continue;
    if (field.type === "checkbox" || field.type === "radio") {
      changed ||= field.checked !== saved.includes(field.value);
      field.checked = saved.includes(field.value);
    } else if (field.value === field.defaultValue || field.value === "") {
      const value = saved[0] ?? "";
      changed ||= value !== "" && field.value !== value;
      if (value) field.value = value;
    }
  }
  if (changed) form.dispatchEvent(new Event("input", { bubbles: true }));
  return changed;
}

function loadDraft(key) {
  const draft = stored((storage) => JSON.parse(storage.getItem(key)));
  if (!draft) return null;
  if (Date.now() - draft.savedAt > HOURS_KEPT * 3600 * 1000) {
    stored((storage) => storage.removeItem(key));
    return null;
  }
  return draft;
}

function clearDrafts(name) {
  stored((storage) => {
    const keys = Object.keys(storage).filter((key) => key === PREFIX + name || key.startsWith(`${PREFIX}${name}:`));
    keys.forEach((key) => storage.removeItem(key));
  });
}

function dropExpiredDrafts() {
  stored((storage) => Object.keys(storage).filter((key) => key.startsWith(PREFIX)).forEach(loadDraft));
}

function show(form, part, visible = true) {
  const element = form.querySelector(`[data-draft-${part}]`);
  if (element) element.hidden = !visible;
  return element;
}

function keepDraft(form, key) {
  let timer;
  const save = () => {
    clearTimeout(timer);
    const saved = stored((storage) => {
      storage.setItem(key, JSON.stringify({ savedAt: Date.now(), values: readFields(form) }));
      return true;
    });
    if (saved) show(form, "saved");
  };
  const saveSoon = () => {
    clearTimeout(timer);
    timer = setTimeout(save, TYPING_PAUSE_MS);
  };
  form.addEventListener("input", saveSoon);
  form.addEventListener("change", saveSoon);
  window.addEventListener("pagehide", () => timer && save());
  return {
    save,
    forget() {
      clearTimeout(timer);
      timer = null;
      stored((storage) => storage.removeItem(key));
    },
  };
}

// The page must not be left for a browser's error page: ask the server for a sign of life first.
async function serverAnswers(url) {
  if (navigator.onLine === false) return false;
  try {
    await fetch(url, { cache: "no-store", signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
    return true;
  } catch {
    return false;
  }
}

function guardSubmit(form, draft) {
  let cleared = false;
  form.addEventListener("submit", async (event) => {
    if (cleared || event.defaultPrevented) return;
    event.preventDefault();
    draft.save();
    const { submitter } = event;
    show(form, "offline", false);
    form.setAttribute("aria-busy", "true");
    const reachable = await serverAnswers(form.dataset.draftProbe || "/health/live");
    form.removeAttribute("aria-busy");
    if (!reachable) {
      show(form, "offline")?.focus();
      return;
    }
    cleared = true;
    form.requestSubmit(submitter);
    cleared = false;
  });
  form.querySelector("[data-draft-retry]")?.addEventListener("click", () => form.requestSubmit());
}

function startDraft(form) {
  const key = PREFIX + form.dataset.draft;
  // Sending saves first, so what is kept here is as new as what the server shows with its errors, or newer after a
  // reload. A page that shows more than was typed here says so with data-bound and stays as it came.
  const saved = "bound" in form.dataset ? null : loadDraft(key);
  // A form's reset() leaves hidden fields as they are.
  const kept = [...form.querySelectorAll("[data-draft-kept]")].map((field) => [field, field.value]);
  if (saved && writeFields(form, saved.values)) {
    show(form, "restored");
    form.closest("details")?.setAttribute("open", "");
  }
  const draft = keepDraft(form, key);
  form.querySelector("[data-draft-discard]")?.addEventListener("click", () => {
    draft.forget();
    form.reset();
    kept.forEach(([field, value]) => (field.value = value));
    show(form, "restored", false);
    show(form, "saved", false);
  });
  guardSubmit(form, draft);
}

dropExpiredDrafts();
document.querySelectorAll("[data-draft-clear]").forEach((element) => clearDrafts(element.dataset.draftClear));
document.querySelectorAll("form[data-draft]").forEach(startDraft);
