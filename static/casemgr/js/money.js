// Groups thousands while an amount in đồng is typed (1.500.000) and posts the digits alone.
// Whatever is not plainly digits, or digits in groups of three, stays as typed: only the server reads meaning into it.

const MOST_DIGITS = 15;
const PLAIN = /^(?:\d+|\d{1,3}([.,\s])\d{3}(?:\1\d{3})*)$/;

const digitsOf = (text) => text.replace(/\D/g, "");
const isPlain = (text) => PLAIN.test(text) && digitsOf(text).length <= MOST_DIGITS;
const grouped = (digits) => digits.replace(/^0+(?=\d)/, "").replace(/\B(?=(\d{3})+$)/g, ".");

function regroup(input) {
  const after = digitsOf(input.value.slice(input.selectionStart)).length;
  input.value = grouped(digitsOf(input.value));
  let position = input.value.length;
  for (let passed = 0; position > 0 && passed < after; position -= 1) if (/\d/.test(input.value[position - 1])) passed += 1;
  if (document.activeElement === input) input.setSelectionRange(position, position);
}

// Typing or deleting a digit inside our own grouping leaves dots in the wrong places (1.5000): those are ours to move.
function editsDigits(event, value) {
  const byKey = event.inputType?.startsWith("delete") || (event.inputType === "insertText" && /^\d$/.test(event.data ?? ""));
  return byKey && /^[\d.]*$/.test(value) && digitsOf(value).length <= MOST_DIGITS;
}

function groupAsTyped(input) {
  let isOurs = isPlain(input.value);
  if (isOurs) input.value = grouped(digitsOf(input.value));
  input.addEventListener("input", (event) => {
    isOurs = input.value === "" || isPlain(input.value) || (isOurs && editsDigits(event, input.value));
    if (isOurs) regroup(input);
  });
  input.form?.addEventListener("formdata", (event) => {
    if (isPlain(input.value)) event.formData.set(input.name, digitsOf(input.value));
  });
}

document.querySelectorAll("input[data-money]").forEach(groupAsTyped);
