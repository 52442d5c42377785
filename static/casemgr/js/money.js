// Groups thousands while an amount in đồng is typed (1.500.000) and posts the digits alone.

const digitsOf = (text) => text.replace(/\D/g, "").slice(0, 15);
const grouped = (digits) => digits.replace(/^0+(?=\d)/, "").replace(/\B(?=(\d{3})+$)/g, ".");

function regroup(input) {
  const after = digitsOf(input.value.slice(input.selectionStart)).length;
  input.value = grouped(digitsOf(input.value));
  let position = input.value.length;
  for (let passed = 0; position > 0 && passed < after; position -= 1) if (/\d/.test(input.value[position - 1])) passed += 1;
  if (document.activeElement === input) input.setSelectionRange(position, position);
}

// A minus sign or letters are left as typed, for the server to refuse in words.
const looksLikeAmount = (text) => /^[\d\s.,đ₫]*$/i.test(text);

for (const input of document.querySelectorAll("input[data-money]")) {
  if (looksLikeAmount(input.value)) input.value = grouped(digitsOf(input.value.replace(/[.,]0{1,2}$/, "")));
  input.addEventListener("input", () => looksLikeAmount(input.value) && regroup(input));
  input.form?.addEventListener("formdata", (event) => {
    if (input.value && looksLikeAmount(input.value)) event.formData.set(input.name, digitsOf(input.value));
  });
}
