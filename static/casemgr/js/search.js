// The panel that narrows a search stands open where there is room, and stays as it was left where there is not; bars
// of the chart are chosen by dragging. Without this script the panel opens by its summary, and each bar is a link.

const roomy = matchMedia("(min-width: 64rem)");
let leftOpen = false;
// The panel comes back as a new one, closed, with each answer: who chose by keyboard goes on where they were.
let lastChosen = "";

function settle() {
  document.getElementById("search-narrow")?.setAttribute("data-settled", "");
  for (const panel of document.querySelectorAll("[data-facets]")) {
    panel.open = roomy.matches || leftOpen;
    panel.setAttribute("data-settled", "");
    panel.addEventListener("toggle", () => {
      if (!roomy.matches) leftOpen = panel.open;
    });
  }
  for (const button of document.querySelectorAll(".search-narrow [data-without-script]")) button.hidden = true;
  for (const hint of document.querySelectorAll("#search-body [data-with-script]")) hint.hidden = false;
  for (const chart of document.querySelectorAll("[data-brush]")) brush(chart);
}

function brush(chart) {
  const bars = [...chart.querySelectorAll("a")];
  let from = null;
  let to = null;

  const at = (event) => {
    const box = chart.getBoundingClientRect();
    const part = (event.clientX - box.left) / box.width;
    return Math.min(bars.length - 1, Math.max(0, Math.floor(part * bars.length)));
  };
  const show = () => {
    const [first, last] = from < to ? [from, to] : [to, from];
    bars.forEach((bar, number) => {
      bar.classList.toggle("brushed", from !== null && number >= first && number <= last);
    });
  };

  chart.addEventListener("dragstart", (event) => event.preventDefault());
  chart.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    from = at(event);
    to = from;
  });
  chart.addEventListener("pointermove", (event) => {
    if (from === null) return;
    to = at(event);
    show();
  });
  chart.addEventListener("click", (event) => {
    // A drag over several bars is no click on the one it ends on.
    if (from !== null && from !== to) event.preventDefault();
  });
  window.addEventListener("pointerup", () => {
    if (from === null) return;
    const [first, last] = from < to ? [from, to] : [to, from];
    const moved = from !== to;
    from = null;
    if (!moved) return;
    const form = document.getElementById("search-narrow");
    form.elements.from.value = bars[first].dataset.first;
    form.elements.to.value = bars[last].dataset.last;
    form.requestSubmit();
  });
}

roomy.addEventListener("change", settle);
document.body.addEventListener("change", (event) => {
  if (event.target.closest("#search-narrow")) lastChosen = event.target.id;
});
document.body.addEventListener("htmx:afterSettle", () => {
  if (!document.querySelector("#search-narrow:not([data-settled])")) return;
  settle();
  document.getElementById(lastChosen)?.focus();
});
settle();
