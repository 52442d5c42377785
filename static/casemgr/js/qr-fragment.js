// The QR of a receipt opens this page with the tracking code behind "#", which never reaches a server or a log.

const form = document.querySelector("form[data-code-form]");
const input = form?.querySelector('[name="code"]');
const raw = location.hash.slice(1);

if (input && raw) {
  let code = raw;
  try {
    code = decodeURIComponent(raw);
  } catch {
    // Not encoded: taken as it stands.
  }
  if (/^[\w\s.-]{8,120}$/.test(code)) {
    input.value = code;
    form.querySelector('button[type="submit"], button:not([type])')?.focus();
    history.replaceState(null, "", location.pathname + location.search);
  }
}
