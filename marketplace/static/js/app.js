// Small helps on top of pages that are complete without script.
(() => {
  "use strict";

  // The list of errors takes focus, so that screen readers begin there.
  const summary = document.querySelector("[data-focus]");
  if (summary) summary.focus();

  // One click is enough: a form that is on its way cannot be sent twice.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent === "yes") { event.preventDefault(); return; }
    if (form.method !== "post") return;
    form.dataset.sent = "yes";
    window.setTimeout(() => { form.dataset.sent = ""; }, 8000);
  });
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    document.querySelectorAll("form[data-sent]").forEach((form) => { form.dataset.sent = ""; });
  });
})();
