// data-confirm on a submit button asks before sending; a form is sent once, however often it is tapped. A button with
// data-stays fetches a file and leaves the page as it is: what is sent after it is not a second time.

const SENT_AGAIN_AFTER_MS = 8000;

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  const question = event.submitter?.dataset.confirm;
  if (question && !window.confirm(question)) {
    event.preventDefault();
    return;
  }
  if (event.submitter && "stays" in event.submitter.dataset) return;
  if ("sent" in form.dataset) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "";
  setTimeout(() => delete form.dataset.sent, SENT_AGAIN_AFTER_MS);
});

// A page that comes back from the browser's memory may be sent again.
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
});
