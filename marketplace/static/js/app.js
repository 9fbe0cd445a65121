// Progressive enhancements of pages that work without scripts.
(() => {
  "use strict";

  // Move focus to the error summary, so that screen readers announce it.
  const summary = document.querySelector("[data-focus]");
  if (summary) summary.focus();

  // Open the summary that hides the target of a link, such as a field with an error.
  const openTarget = () => {
    const target = document.getElementById(window.location.hash.slice(1));
    const hidden = target && target.closest("details");
    if (hidden) hidden.open = true;
  };
  // On a phone, collapse the parts of a long page. Without scripts, and on paper, all parts are open.
  const parts = document.querySelectorAll("details[data-collapse]");
  if (window.matchMedia("(max-width: 47.99rem)").matches) parts.forEach((part) => { part.open = false; });
  window.addEventListener("beforeprint", () => parts.forEach((part) => { part.open = true; }));
  window.addEventListener("hashchange", openTarget);
  openTarget();

  // After Back, browsers restore what was typed in a form that has been sent, but the page has a new token. With the token
  // of the first submit, the server recognizes the same text and does not add it twice.
  const keyOfText = (form) => {
    const hasText = form.elements.csrf_token && form.querySelector("textarea, input[type=text]");
    return hasText && `sent ${window.location.pathname} ${form.getAttribute("action")}`;
  };
  const [visit] = performance.getEntriesByType("navigation");
  if (visit && visit.type === "back_forward") {
    document.querySelectorAll("form[method=post]").forEach((form) => {
      const key = keyOfText(form);
      const token = key && window.sessionStorage.getItem(key);
      if (token) form.elements.csrf_token.value = token;
    });
  }

  // Block double submits: a form cannot be submitted again while its request is running.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent === "yes") { event.preventDefault(); return; }
    if (form.method !== "post") return;
    form.dataset.sent = "yes";
    const key = keyOfText(form);
    if (key) window.sessionStorage.setItem(key, form.elements.csrf_token.value);
    window.setTimeout(() => { form.dataset.sent = ""; }, 8000);
  });
  // Close the account menu on Escape, and on a click outside it.
  document.querySelectorAll("details[data-menu]").forEach((menu) => {
    const close = (event) => { if (!menu.contains(event.target)) menu.open = false; };
    document.addEventListener("click", close);
    document.addEventListener("focusin", close);
    menu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !menu.open) return;
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });
  // A page restored from the back/forward cache must be submittable again.
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    document.querySelectorAll("form[data-sent]").forEach((form) => { form.dataset.sent = ""; });
  });

  // Changing the language takes along the text of the form that was edited last. Without scripts, the buttons in the
  // page's header do this for its main form.
  let edited = null;
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form && form.method === "post") edited = form;
  });
  document.addEventListener("click", (event) => {
    const control = event.target.closest("[data-language]");
    if (!control || !edited || !edited.isConnected || edited === control.form) return;
    event.preventDefault();
    const action = document.createElement("input");
    action.type = "hidden";
    action.name = "form_action";
    action.value = edited.getAttribute("action") || window.location.pathname + window.location.search;
    edited.append(action);
    edited.action = control.getAttribute("formaction") || control.getAttribute("href");
    edited.enctype = "application/x-www-form-urlencoded";
    edited.noValidate = true;
    edited.submit();
  });
})();
