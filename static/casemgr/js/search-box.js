// Suggestions under the search box: a combobox (ARIA authoring practices, list autocomplete) over a plain input in a
// form. Enter goes on with what was typed unless an option was chosen by the arrow keys; without this script, always.

const TYPING_PAUSE_MS = 150;
const SHORTEST = 2;

class SearchBox {
  constructor(box) {
    this.box = box;
    this.input = box.querySelector("input");
    this.list = box.querySelector("[role='listbox']");
    this.status = box.querySelector("[role='status']");
    this.active = -1;
    const attributes = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id };
    for (const [name, value] of Object.entries(attributes)) this.input.setAttribute(name, value);
    this.input.addEventListener("input", () => this.typed());
    this.input.addEventListener("keydown", (event) => this.pressed(event));
    this.input.addEventListener("blur", () => this.close());
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => this.open(event.target.closest("[role='option']")));
  }

  get options() {
    return [...this.list.querySelectorAll("[role='option']")];
  }

  typed() {
    this.forget();
    this.timer = setTimeout(() => this.suggest(), TYPING_PAUSE_MS);
  }

  forget() {
    clearTimeout(this.timer);
    this.asked?.abort();
  }

  async suggest() {
    const query = this.input.value.trim();
    if (query.length < SHORTEST) return this.close();
    const asked = (this.asked = new AbortController());
    try {
      const url = new URL(this.box.dataset.suggestUrl, location.href);
      url.searchParams.set("q", query);
      const answer = await fetch(url, { signal: asked.signal, headers: { "X-Requested-With": "fetch" } });
      if (!answer.ok || answer.redirected) throw new Error(answer.status);
      const options = await answer.text();
      if (!asked.signal.aborted) this.offer(options);
    } catch {
      if (!asked.signal.aborted) this.close(); // The search itself goes on as typed.
    }
  }

  offer(html) {
    this.list.innerHTML = html;
    this.active = -1;
    this.input.removeAttribute("aria-activedescendant");
    const count = this.options.length;
    this.list.hidden = count === 0;
    this.input.setAttribute("aria-expanded", String(count > 0));
    this.status.textContent = count ? this.box.dataset.found.replace("{count}", count) : "";
  }

  pressed(event) {
    if (event.isComposing) return;
    const isOpen = !this.list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (isOpen) this.move(event.key === "ArrowDown" ? 1 : -1);
      else this.suggest();
    } else if (event.key === "Enter" && isOpen && this.active >= 0) {
      event.preventDefault();
      this.open(this.options[this.active]);
    } else if (event.key === "Escape" && isOpen) {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    }
  }

  // One step past either end is the text as typed.
  move(step) {
    const options = this.options;
    const places = options.length + 1;
    this.active = ((this.active + 1 + step + places) % places) - 1;
    options.forEach((option, index) => { option.ariaSelected = String(index === this.active); });
    const chosen = options[this.active];
    if (!chosen) return this.input.removeAttribute("aria-activedescendant");
    chosen.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", chosen.id);
  }

  open(option) {
    if (option) location.assign(option.dataset.url);
  }

  close() {
    this.forget();
    this.list.hidden = true;
    this.active = -1;
    this.status.textContent = "";
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}

document.querySelectorAll("[data-search-box]").forEach((box) => new SearchBox(box));
