// Wires the ALTCHA widget (invisible) to its worker; see components/proof_of_work.html.
// Without it, or without Web Crypto, the form is still sent and the server applies its stricter quota.

const box = document.querySelector("[data-proof-of-work]");

async function start() {
  await import(box.dataset.widget);
  const { algorithms, defaults } = globalThis.$altcha;
  const sha = () => new Worker(box.dataset.shaWorker);
  const pbkdf2 = () => new Worker(box.dataset.pbkdf2Worker);
  algorithms.set("SHA-256", sha);
  algorithms.set("PBKDF2/SHA-256", pbkdf2);
  defaults.set({ humanInteractionSignature: false, minDuration: 0, hideLogo: true, hideFooter: true });
  const widget = document.createElement("altcha-widget");
  widget.setAttribute("challenge", box.dataset.challenge);
  widget.setAttribute("name", box.dataset.name);
  widget.setAttribute("display", "invisible");
  widget.setAttribute("auto", "onfocus");
  widget.addEventListener("statechange", (event) => {
    box.querySelector("[data-working]").hidden = event.detail?.state !== "verifying";
  });
  box.append(widget);
}

if (box && globalThis.crypto?.subtle) start().catch(() => {});
