// Boxes over a picture. Each is a button: drawn with the mouse or a finger, moved with arrows, sized with Shift and
// arrows, removed with Delete. The field holds them as lines of four numbers in thousandths, and works without this.

const STEP = 5;
const SMALLEST = 10;
const cover = document.querySelector("[data-cover]");
const field = document.querySelector("[data-cover-field]");

if (cover && field) {
  const picture = cover.querySelector("img");
  const tools = document.querySelector("[data-cover-tools]");
  const boxes = field.value.split("\n").map((line) => line.trim().split(/\s+/).map(Number))
    .filter((box) => box.length === 4 && box.every(Number.isFinite));

  const within = (value, least, most) => Math.round(Math.min(Math.max(value, least), most));

  const write = () => { field.value = boxes.map((box) => box.join(" ")).join("\n"); };

  const place = (button, [x, y, width, height]) => {
    button.style.left = `${x / 10}%`;
    button.style.top = `${y / 10}%`;
    button.style.width = `${width / 10}%`;
    button.style.height = `${height / 10}%`;
  };

  const draw = (focused = -1) => {
    cover.querySelectorAll(".cover-box").forEach((button) => button.remove());
    boxes.forEach((box, at) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "cover-box";
      button.dataset.at = at;
      button.setAttribute("aria-label", `${field.dataset.boxLabel} ${at + 1}: ${box.join(", ")}`);
      place(button, box);
      cover.append(button);
      if (at === focused) button.focus();
    });
    write();
  };

  const remove = (at) => { boxes.splice(at, 1); draw(Math.min(at, boxes.length - 1)); };

  cover.addEventListener("keydown", (event) => {
    const at = Number(event.target.dataset.at);
    const box = boxes[at];
    if (!box) return;
    const [dx, dy] = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] }[event.key] ?? [0, 0];
    if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      remove(at);
    } else if (dx || dy) {
      event.preventDefault();
      if (event.shiftKey) {
        box[2] = within(box[2] + dx, SMALLEST, 1000 - box[0]);
        box[3] = within(box[3] + dy, SMALLEST, 1000 - box[1]);
      } else {
        box[0] = within(box[0] + dx, 0, 1000 - box[2]);
        box[1] = within(box[1] + dy, 0, 1000 - box[3]);
      }
      draw(at);
    }
  });

  const point = (event) => {
    const area = picture.getBoundingClientRect();
    return [
      within((event.clientX - area.left) * 1000 / area.width, 0, 1000),
      within((event.clientY - area.top) * 1000 / area.height, 0, 1000),
    ];
  };

  picture.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    const [x0, y0] = point(event);
    const at = boxes.push([x0, y0, SMALLEST, SMALLEST]) - 1;
    picture.setPointerCapture(event.pointerId);
    const stretch = (moved) => {
      const [x, y] = point(moved);
      boxes[at] = [Math.min(x0, x), Math.min(y0, y), Math.abs(x - x0), Math.abs(y - y0)];
      draw();
    };
    picture.addEventListener("pointermove", stretch);
    picture.addEventListener("pointerup", () => {
      picture.removeEventListener("pointermove", stretch);
      if (boxes[at][2] < SMALLEST || boxes[at][3] < SMALLEST) boxes.splice(at, 1);
      draw(at);
    }, { once: true });
  });

  document.querySelector("[data-cover-add]").addEventListener("click", () => {
    draw(boxes.push([400, 400, 200, 100]) - 1);
  });
  document.querySelector("[data-cover-remove]").addEventListener("click", () => {
    if (boxes.length) remove(boxes.length - 1);
  });
  tools.hidden = false;
  draw();
}
