// Sends files one by one while the form is being filled in; see components/upload.html.
// Images are shrunk here first, which also drops the place where a photo was taken.

const MAX_EDGE = 2560;
const RETRY_AFTER_MS = [1000, 3000, 9000];
const SHRINKABLE = new Set(["image/jpeg", "image/png", "image/webp"]);

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function shrink(file) {
  if (!SHRINKABLE.has(file.type)) return file;
  try {
    const bitmap = await createImageBitmap(file);
    const scale = Math.min(1, MAX_EDGE / Math.max(bitmap.width, bitmap.height));
    if (scale === 1) return file;
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(bitmap.width * scale);
    canvas.height = Math.round(bitmap.height * scale);
    canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.85));
    if (!blob || blob.size >= file.size) return file;
    return new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
  } catch {
    return file; // Not readable as a picture here: the server decides.
  }
}

function parseJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

// Resolves to {status, body}; status 0 means that no answer came.
function send(url, file, token, onProgress, onStart) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const data = new FormData();
    data.append("file", file, file.name);
    request.open("POST", url);
    request.setRequestHeader("X-CSRFToken", token);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => event.lengthComputable && onProgress(event.loaded / event.total));
    request.addEventListener("load", () => resolve({ status: request.status, body: parseJson(request.responseText) }));
    for (const failure of ["error", "timeout"]) request.addEventListener(failure, () => resolve({ status: 0, body: {} }));
    request.addEventListener("abort", () => resolve({ status: -1, body: {} }));
    request.timeout = 180_000;
    onStart(request);
    request.send(data);
  });
}

class Upload {
  constructor(field) {
    this.field = field;
    this.input = field.querySelector('input[type="file"]');
    this.list = field.querySelector("[data-upload-list]");
    this.template = field.querySelector("template[data-upload-item]");
    this.token = field.closest("form").querySelector('[name="csrfmiddlewaretoken"]')?.value ?? "";
    this.queue = Promise.resolve();
    this.input.addEventListener("change", () => this.add([...this.input.files]));
    this.list.querySelectorAll("[data-upload-id]").forEach((item) => this.wireRemoval(item));
    field.closest("form").addEventListener("submit", (event) => this.holdWhileSending(event), true);
  }

  say(key, replacements = {}) {
    let text = this.field.dataset[key] ?? "";
    for (const [name, value] of Object.entries(replacements)) text = text.replace(`{${name}}`, value);
    return text;
  }

  add(files) {
    this.input.value = "";
    const room = Number(this.field.dataset.maxFiles || 10) - this.list.children.length;
    this.complain(files.length > room ? this.say("tooMany") : "");
    for (const file of files.slice(0, Math.max(0, room))) this.start(file);
  }

  complain(text) {
    const place = this.field.querySelector("[data-upload-error]");
    place.textContent = text;
    place.hidden = !text;
  }

  start(file) {
    const item = this.template.content.firstElementChild.cloneNode(true);
    item.querySelector("[data-name]").textContent = file.name;
    this.list.append(item);
    this.preview(item, file);
    item.querySelector("[data-remove]").addEventListener("click", () => this.remove(item));
    item.querySelector("[data-retry]").addEventListener("click", () => this.enqueue(item, file));
    if (file.size === 0) this.fail(item, this.say("empty"), false);
    else this.enqueue(item, file);
  }

  preview(item, file) {
    if (!file.type.startsWith("image/")) return;
    const image = new Image();
    image.alt = "";
    image.addEventListener("load", () => {
      URL.revokeObjectURL(image.src);
      item.querySelector("[data-picture]").replaceChildren(image);
    });
    image.src = URL.createObjectURL(file);
  }

  enqueue(item, file) {
    item.classList.remove("upload-failed");
    item.dataset.sending = "";
    item.querySelector("[data-retry]").hidden = true;
    item.querySelector("progress").hidden = false;
    this.state(item, this.say("waiting"));
    this.queue = this.queue.then(() => item.isConnected && this.deliver(item, file));
  }

  async deliver(item, original) {
    const file = await shrink(original);
    if (file.size > Number(this.field.dataset.maxBytes || Infinity)) {
      this.fail(item, this.say("tooLarge"), false);
      return;
    }
    for (let attempt = 0; item.isConnected; attempt += 1) {
      this.state(item, this.say("sending"));
      const answer = await send(
        this.field.dataset.uploadUrl, file, this.token,
        (share) => { item.querySelector("progress").value = share; },
        (request) => { item.request = request; },
      );
      if (answer.status === 201 || answer.status === 200) return this.succeed(item, answer.body);
      if (answer.status >= 400 && answer.status < 500) return this.fail(item, answer.body.error || this.say("refused"), false);
      if (answer.status === -1) return;
      if (attempt >= RETRY_AFTER_MS.length) return this.fail(item, this.say("failed"), true);
      this.state(item, this.say("retrying"));
      await wait(RETRY_AFTER_MS[attempt] * (0.75 + Math.random() / 2));
    }
  }

  state(item, text) {
    item.querySelector("[data-state]").textContent = text;
  }

  fail(item, text, mayRetry) {
    delete item.dataset.sending;
    item.classList.add("upload-failed");
    item.querySelector("progress").hidden = true;
    item.querySelector("[data-retry]").hidden = !mayRetry;
    this.state(item, text);
  }

  succeed(item, body) {
    delete item.dataset.sending;
    item.dataset.uploadId = body.id;
    if (body.remove_url) item.dataset.removeUrl = body.remove_url;
    item.querySelector("progress").hidden = true;
    this.state(item, this.say("done"));
    const hidden = document.createElement("input");
    hidden.type = "hidden";
    hidden.name = this.field.dataset.idsName;
    hidden.value = body.id;
    item.append(hidden);
  }

  wireRemoval(item) {
    item.querySelector("[data-remove]").addEventListener("click", (event) => {
      event.preventDefault();
      this.remove(item);
    });
  }

  async remove(item) {
    const url = item.dataset.removeUrl;
    item.request?.abort();
    if (url) {
      try {
        const answer = await fetch(url, { method: "POST", headers: { "X-CSRFToken": this.token, Accept: "application/json" } });
        if (!answer.ok && answer.status !== 404) throw new Error(String(answer.status));
      } catch {
        this.state(item, this.say("removeFailed"));
        return;
      }
    }
    item.remove();
    this.complain("");
    this.input.focus();
  }

  // Sending the form while a file is on its way would lose that file.
  holdWhileSending(event) {
    if (!this.list.querySelector("[data-sending]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.complain(this.say("stillSending"));
    this.field.querySelector("[data-upload-error]").focus();
  }
}

document.querySelectorAll("[data-upload-url]").forEach((field) => new Upload(field));
