// Autosave. A form with data-autosave is submitted in the background after edits. Of a form with data-draft, the fields
// that were edited are saved as a draft, which only their author sees. Without scripts, the save button does it.
(() => {
  "use strict";

  if (!window.fetch) return;
  const DELAY_MS = 2500;
  const RETRY_MS = 20000;
  const EXCLUDED = ["password", "file", "hidden", "submit", "button"];

  const statusOf = (form) => {
    const existing = form.dataset.autosave === undefined ? null : document.querySelector("[data-saved]");
    if (existing) return existing;
    const line = document.createElement("p");
    line.className = "saved";
    line.setAttribute("role", "status");
    line.append(document.createElement("span"));
    const button = [...form.querySelectorAll("button[type=submit]")].pop();
    const row = button && button.closest("p, .row");
    if (row && row.parentElement) row.after(line); else form.append(line);
    return line;
  };

  const submission = (form) => ({
    url: form.getAttribute("action"),
    body: new URLSearchParams(new FormData(form)),
  });

  const draft = (form, edited) => {
    const data = new FormData(form);
    const here = window.location.pathname + window.location.search;
    const hidden = {};
    form.querySelectorAll("input[type=hidden]").forEach((input) => { hidden[input.name] = input.value; });
    const token = hidden.csrf_token;
    delete hidden.csrf_token;
    const values = {};
    edited.forEach((name) => { values[name] = data.getAll(name).filter((value) => typeof value === "string"); });
    // A refused form is shown at the address it is sent to; the page it came from is the referrer then.
    const origin = document.referrer.startsWith(window.location.origin) ? new URL(document.referrer) : null;
    const from = origin ? origin.pathname + origin.search : here;
    const content = { path: form.getAttribute("action") || here, page: here, from, values, hidden };
    return { url: form.dataset.draftUrl || "/drafts", body: new URLSearchParams({ csrf_token: token, draft: JSON.stringify(content) }) };
  };

  const watch = (form) => {
    const isDraft = form.dataset.draft !== undefined;
    const line = statusOf(form);
    const edited = new Set();
    let timer = 0;
    let changed = false;
    let saving = null;
    let renewed = false;

    const showStatus = (text, ok) => {
      line.querySelector("span").textContent = text;
      line.dataset.tone = ok ? "ok" : "wait";
    };

    const wait = (delay) => {
      window.clearTimeout(timer);
      timer = window.setTimeout(save, delay);
    };

    function save() {
      window.clearTimeout(timer);
      if (!changed || saving || form.dataset.sent === "yes") return;
      changed = false;
      let delay = DELAY_MS;
      const { url, body } = isDraft ? draft(form, edited) : submission(form);
      saving = fetch(url, { method: "POST", body, headers: { "X-Autosave": "1" }, keepalive: body.toString().length < 60000 })
        .then((response) => response.json())
        .then((saved) => {
          if (saved.seen) form.elements.namedItem("seen").value = saved.seen;
          if (saved.csrf_token) {
            // The person has signed in again in another window: the page continues with a token of the new session.
            document.querySelectorAll("input[name=csrf_token]").forEach((input) => { input.value = saved.csrf_token; });
            changed = true;
            delay = renewed ? RETRY_MS : 0;
            renewed = true;
            return;
          }
          renewed = false;
          if (!saved.ok && isDraft) { changed = true; delay = RETRY_MS; }
          showStatus(saved.saved, saved.ok);
        })
        .catch(() => {
          changed = true;
          showStatus(isDraft ? form.dataset.draft : form.dataset.autosave, false);
        })
        .finally(() => {
          saving = null;
          if (changed) wait(delay);
        });
    }

    form.addEventListener("input", (event) => {
      const field = event.target;
      if (!field.name || (isDraft && EXCLUDED.includes(field.type))) return;
      edited.add(field.name);
      changed = true;
      wait(DELAY_MS);
    });
    form.addEventListener("change", save);
    document.addEventListener("visibilitychange", save);

    // A running save changes the fingerprint or revision that the form must submit, so wait for it to finish.
    form.addEventListener("submit", (event) => {
      window.clearTimeout(timer);
      // What is submitted must not be saved as a draft afterwards: the form may be gone by then.
      if (!saving) { changed = false; return; }
      event.preventDefault();
      event.stopPropagation();
      const button = event.submitter;
      saving.finally(() => { changed = false; form.requestSubmit(button || undefined); });
    });
    // A discarded draft must not be saved again while the page is left.
    document.querySelectorAll("form[data-discard]").forEach((discard) => {
      discard.addEventListener("submit", () => { changed = false; window.clearTimeout(timer); });
    });
  };

  document.querySelectorAll("form[data-autosave], form[data-draft]").forEach(watch);
})();
