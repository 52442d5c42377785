// Shows of an outcome's facts only those that the chosen outcome states. What is hidden is not sent, and comes back
// as it was typed when its outcome is chosen again. Without this script every section stands there with its hint.

function showFacts(form, chosen) {
  for (const group of form.querySelectorAll("[data-outcomes]")) {
    const isStated = group.dataset.outcomes.split(" ").includes(chosen.value);
    group.hidden = !isStated;
    group.disabled = !isStated;
  }
}

for (const chosen of document.querySelectorAll("select[data-outcome]")) {
  const { form } = chosen;
  form.querySelectorAll("[data-without-script]").forEach((hint) => {
    hint.hidden = true;
  });
  showFacts(form, chosen);
  // Drafts come back with an event on the form.
  form.addEventListener("input", () => showFacts(form, chosen));
}
