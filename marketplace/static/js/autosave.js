// Autosave: submits the form in the background after edits. Without scripts, the save button does it.
(() => {
  "use strict";

  const form = document.querySelector("form[data-autosave]");
  const status = document.querySelector("[data-saved] span");
  if (!form || !status || !window.fetch) return;

  const DELAY_MS = 2500;
  let timer = 0;
  let changed = false;
  let saving = null;

  const showStatus = (text, ok) => {
    status.textContent = text;
    status.parentElement.dataset.tone = ok ? "ok" : "wait";
  };

  const save = () => {
    window.clearTimeout(timer);
    if (!changed || saving || form.dataset.sent === "yes") return;
    changed = false;
    const body = new URLSearchParams(new FormData(form));
    saving = fetch(form.getAttribute("action"), { method: "POST", body, headers: { "X-Autosave": "1" }, keepalive: true })
      .then((response) => response.json())
      .then((saved) => {
        if (saved.seen) form.elements.namedItem("seen").value = saved.seen;
        showStatus(saved.saved, saved.ok);
      })
      .catch(() => {
        changed = true;
        showStatus(form.dataset.autosave, false);
      })
      .finally(() => {
        saving = null;
        if (changed) timer = window.setTimeout(save, DELAY_MS);
      });
  };

  form.addEventListener("input", () => {
    changed = true;
    window.clearTimeout(timer);
    timer = window.setTimeout(save, DELAY_MS);
  });
  form.addEventListener("change", save);
  document.addEventListener("visibilitychange", () => { if (document.hidden) save(); });

  // A running save changes the fingerprint or revision that the form must submit, so wait for it to finish.
  form.addEventListener("submit", (event) => {
    window.clearTimeout(timer);
    if (!saving) return;
    event.preventDefault();
    event.stopPropagation();
    const button = event.submitter;
    saving.finally(() => { changed = false; form.requestSubmit(button || undefined); });
  });
})();
