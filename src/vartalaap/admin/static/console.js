// Comfort only: every page works without it.

// A notice belongs to the change before it: reloading the page does not show it again.
const here = new URL(location.href);
if (here.searchParams.has("notice")) {
  here.searchParams.delete("notice");
  history.replaceState(null, "", here);
}

// A date that is chosen is shown at once.
for (const field of document.querySelectorAll(".jump input[type=date]")) {
  field.addEventListener("change", () => field.value && field.form.requestSubmit());
}

// A form is sent once, however often its button is pressed; a download leaves the page as it is.
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    if (!event.submitter?.hasAttribute("data-again")) form.dataset.sent = "yes";
  });
}
addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});
