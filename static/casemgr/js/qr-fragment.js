// The QR of a receipt, or a business's link, opens this page with the code behind "#", which never reaches a log.
// `data-code-submit` on the form sends it at once.

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
    if ("codeSubmit" in form.dataset && !form.querySelector('[name="ticket"]')) form.requestSubmit();
  }
}
