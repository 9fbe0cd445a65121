// Attendance on a phone. Each tap is stored on the phone first and then sent, so that nothing is lost without a
// connection; a key on each mark lets the server skip those it already has. Without scripts the page is a form.
(() => {
  "use strict";

  const form = document.querySelector("[data-attendance]");
  if (!form || !window.fetch) return;
  const STORE = `attendance ${form.dataset.attendance}`;
  const RETRY_MS = 5000;
  const BATCH = 200;
  const bar = form.querySelector("[data-status]");
  const status = bar.querySelector("span");
  const signIn = bar.querySelector("a");
  const counter = form.querySelector("[data-here]");
  const boxes = [...form.querySelectorAll("input[name=here]")];
  let inMemory = "[]"; // where the browser refuses storage, marks last as long as the page
  let sending = false;
  let renewed = false;
  let timer = 0;

  const queued = () => { try { return JSON.parse(localStorage.getItem(STORE) || inMemory); } catch { return JSON.parse(inMemory); } };
  const store = (marks) => {
    const text = JSON.stringify(marks);
    inMemory = text;
    try { if (marks.length) localStorage.setItem(STORE, text); else localStorage.removeItem(STORE); } catch { /* kept in memory */ }
  };
  const newKey = () => ([...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join(""));
  const show = (text, tone, isSignedOut = false) => {
    status.textContent = text;
    bar.dataset.tone = tone;
    if (signIn) signIn.hidden = !isSignedOut;
  };
  const showWaiting = () => show(form.dataset.waiting.replace("§", queued().length), "wait");
  const count = () => { counter.textContent = boxes.filter((box) => box.checked).length; };
  const showMark = (box) => { box.closest("li").querySelector("[data-away]").hidden = box.checked; };

  const add = (changed) => {
    const at = Date.now();
    const marks = changed.map((box) => ({ company: Number(box.value), mark: box.checked ? "here" : "away", at, key: newKey() }));
    store([...queued(), ...marks]);
    changed.forEach(showMark);
    count();
    if (bar.dataset.tone === "ok") show("", "");
    send();
  };

  // The session of the page has ended, or somebody has signed in again: the page, if it opens, has a new token.
  const renewToken = () => fetch(window.location.href, { redirect: "manual" })
    .then((response) => (response.ok ? response.text() : ""))
    .then((html) => {
      const field = new DOMParser().parseFromString(html, "text/html").querySelector("[data-attendance] input[name=csrf_token]");
      if (field) document.querySelectorAll("input[name=csrf_token]").forEach((input) => { input.value = field.value; });
      return Boolean(field);
    });

  const send = () => {
    window.clearTimeout(timer);
    const marks = queued().slice(0, BATCH);
    if (!marks.length || sending) return;
    let delay = RETRY_MS;
    sending = true;
    const body = new URLSearchParams({ csrf_token: form.elements.namedItem("csrf_token").value, marks: JSON.stringify(marks) });
    fetch(form.getAttribute("action"), { method: "POST", body, redirect: "manual", headers: { "X-Autosave": "1" } })
      .then(async (response) => {
        if (response.status >= 500 || response.status === 429) { showWaiting(); return; }
        const answer = response.type === "opaqueredirect" ? {} : await response.json().catch(() => ({}));
        if (response.ok && answer.stored) {
          const stored = new Set(answer.stored);
          store(queued().filter((mark) => !stored.has(mark.key)));
          renewed = false;
          delay = 0;
          if (queued().length) showWaiting(); else show(form.dataset.allSent, "ok");
        } else if (answer.refused) {
          show(answer.refused, "wait");
        } else if (!renewed && await renewToken()) {
          renewed = true;
          delay = 0;
        } else {
          renewed = false;
          show(form.dataset.refused.replace("§", queued().length), "wait", true);
        }
      })
      .catch(showWaiting)
      .finally(() => {
        sending = false;
        if (queued().length) timer = window.setTimeout(send, delay);
      });
  };

  // Marks that were not sent before the page was closed or reloaded.
  queued().forEach((mark) => {
    const box = boxes.find((one) => Number(one.value) === mark.company);
    if (!box) return;
    box.checked = mark.mark === "here";
    showMark(box);
  });
  boxes.forEach((box) => box.addEventListener("change", () => add([box])));
  form.querySelector("[data-all]").addEventListener("click", (event) => {
    event.preventDefault();
    const absent = boxes.filter((box) => !box.checked);
    absent.forEach((box) => { box.checked = true; });
    if (absent.length) add(absent);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  window.addEventListener("online", send);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) send(); });

  const filter = form.querySelector("[data-filter]");
  filter.hidden = boxes.length < 8;
  const fold = (text) => text.toLocaleLowerCase("nb").normalize("NFD").replace(/\p{M}/gu, "");
  filter.querySelector("input").addEventListener("input", (event) => {
    const wanted = fold(event.target.value.trim());
    boxes.forEach((box) => { box.closest("li").hidden = !fold(box.closest("li").textContent).includes(wanted); });
  });
  count();
  send();
})();
