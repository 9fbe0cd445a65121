// Saves the guide in the background with the same form that the save button sends. Without script, the button does it.
(() => {
  "use strict";

  const form = document.querySelector("form[data-autosave]");
  const line = document.querySelector("[data-saved] span");
  if (!form || !line || !window.fetch) return;

  const PAUSE = 2500;
  let timer = 0;
  let changed = false;
  let saving = null;

  const say = (text, ok) => {
    line.textContent = text;
    line.parentElement.dataset.tone = ok ? "ok" : "wait";
  };

  const save = () => {
    window.clearTimeout(timer);
    if (!changed || saving || form.dataset.sent === "yes") return;
    changed = false;
    const body = new URLSearchParams(new FormData(form));
    saving = fetch(form.getAttribute("action"), { method: "POST", body, headers: { "X-Autosave": "1" }, keepalive: true })
      .then((answer) => answer.json())
      .then((saved) => {
        if (saved.seen) form.elements.namedItem("seen").value = saved.seen;
        say(saved.saved, saved.ok);
      })
      .catch(() => {
        changed = true;
        say(form.dataset.autosave, false);
      })
      .finally(() => {
        saving = null;
        if (changed) timer = window.setTimeout(save, PAUSE);
      });
  };

  form.addEventListener("input", () => {
    changed = true;
    window.clearTimeout(timer);
    timer = window.setTimeout(save, PAUSE);
  });
  form.addEventListener("change", save);
  document.addEventListener("visibilitychange", () => { if (document.hidden) save(); });

  // A save on its way changes what the form must say it has seen: let it end before the form is sent.
  form.addEventListener("submit", (event) => {
    window.clearTimeout(timer);
    if (!saving) return;
    event.preventDefault();
    event.stopPropagation();
    const button = event.submitter;
    saving.finally(() => { changed = false; form.requestSubmit(button || undefined); });
  });
})();
