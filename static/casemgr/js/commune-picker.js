// A combobox (ARIA authoring practices, list autocomplete) over a plain text input; see components/commune.html.

const TYPING_PAUSE_MS = 180;

class CommunePicker {
  constructor(box) {
    this.box = box;
    this.input = box.querySelector('input:not([type="hidden"])');
    this.code = box.querySelector("[data-commune-code] input, input[type='hidden']");
    this.list = box.querySelector("[role='listbox']");
    this.status = box.querySelector("[data-commune-state]");
    this.active = -1;
    this.sequence = 0;
    this.dress();
    this.input.addEventListener("input", () => this.typed());
    this.input.addEventListener("keydown", (event) => this.pressed(event));
    this.input.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => this.choose(event.target.closest("[role='option']")));
  }

  dress() {
    const attributes = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id, autocomplete: "off" };
    for (const [name, value] of Object.entries(attributes)) this.input.setAttribute(name, value);
  }

  typed() {
    if (this.code) this.code.value = "";
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.suggest(this.input.value.trim()), TYPING_PAUSE_MS);
  }

  async suggest(query) {
    const turn = (this.sequence += 1);
    if (query.length < 2) return this.close();
    try {
      const url = new URL(this.box.dataset.suggestUrl, location.href);
      url.searchParams.set("q", query);
      const answer = await fetch(url, { headers: { Accept: "application/json" } });
      const { results } = await answer.json();
      if (turn === this.sequence) this.offer(results);
    } catch {
      if (turn === this.sequence) this.close(); // The typed name is sent as it is; the server looks it up.
    }
  }

  offer(results) {
    this.list.replaceChildren(...results.map((result, index) => this.option(result, index)));
    this.active = -1;
    this.input.removeAttribute("aria-activedescendant");
    this.list.hidden = results.length === 0;
    this.input.setAttribute("aria-expanded", String(results.length > 0));
    this.status.textContent = results.length
      ? this.box.dataset.found.replace("{count}", results.length)
      : this.box.dataset.none;
  }

  option(result, index) {
    const item = document.createElement("li");
    item.id = `${this.list.id}-${index}`;
    item.role = "option";
    item.ariaSelected = "false";
    item.dataset.code = result.code;
    item.dataset.label = result.label;
    item.textContent = result.label;
    if (result.detail) {
      const detail = document.createElement("small");
      detail.textContent = result.detail;
      item.append(detail);
    }
    return item;
  }

  pressed(event) {
    const open = !this.list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (open) this.move(event.key === "ArrowDown" ? 1 : -1);
      else this.suggest(this.input.value.trim());
    } else if (event.key === "Enter" && open && this.active >= 0) {
      event.preventDefault();
      this.choose(this.list.children[this.active]);
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      this.close();
    }
  }

  move(step) {
    const options = [...this.list.children];
    this.active = (this.active + step + options.length) % options.length;
    options.forEach((option, index) => { option.ariaSelected = String(index === this.active); });
    options[this.active].scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", options[this.active].id);
  }

  choose(option) {
    if (!option) return;
    this.input.value = option.dataset.label;
    if (this.code) this.code.value = option.dataset.code;
    this.input.dispatchEvent(new Event("change", { bubbles: true }));
    this.status.textContent = this.box.dataset.chosen.replace("{name}", option.dataset.label);
    this.close();
  }

  close() {
    clearTimeout(this.timer);
    this.sequence += 1; // An answer still on its way must not open the list again, over whatever comes next.
    this.list.hidden = true;
    this.active = -1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}

document.querySelectorAll("[data-commune-picker]").forEach((box) => new CommunePicker(box));
