// Progressive enhancements of pages that work without scripts.
(() => {
  "use strict";

  // Move focus to the error summary, so that screen readers announce it.
  const summary = document.querySelector("[data-focus]");
  if (summary) summary.focus();

  // Block double submits: a form cannot be submitted again while its request is running.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent === "yes") { event.preventDefault(); return; }
    if (form.method !== "post") return;
    form.dataset.sent = "yes";
    window.setTimeout(() => { form.dataset.sent = ""; }, 8000);
  });
  // A page restored from the back/forward cache must be submittable again.
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    document.querySelectorAll("form[data-sent]").forEach((form) => { form.dataset.sent = ""; });
  });
})();
