// Attendance on a phone. Each tap is stored on the phone first and then sent, so that nothing is lost without a
// connection; a key on each mark lets the server skip those it already has. Without scripts the page is a form.
(() => {
  "use strict";

  const form = document.querySelector("[data-attendance]");
  if (!form || !window.fetch || !window.localStorage) return;
  const STORE = `attendance ${form.dataset.attendance}`;
  const RETRY_MS = 5000;
  const status = form.querySelector("[data-status]");
  const counter = form.querySelector("[data-here]");
  const boxes = [...form.querySelectorAll("input[name=here]")];
  let sending = false;
  let timer = 0;

  const queued = () => { try { return JSON.parse(localStorage.getItem(STORE) || "[]"); } catch { return []; } };
  const keep = (marks) => localStorage.setItem(STORE, JSON.stringify(marks));
  const newKey = () => ([...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join(""));
  const show = (text, tone) => { status.textContent = text; status.dataset.tone = tone; };
  const count = () => { counter.textContent = boxes.filter((box) => box.checked).length; };
  const waiting = () => show(form.dataset.waiting.replace("§", queued().length), "wait");

  const add = (changed) => {
    const at = Date.now();
    const marks = changed.map((box) => ({ company: Number(box.value), mark: box.checked ? "here" : "away", at, key: newKey() }));
    keep([...queued(), ...marks]);
    count();
    send();
  };

  const send = () => {
    window.clearTimeout(timer);
    const marks = queued();
    if (!marks.length || sending) return;
    sending = true;
    const body = new URLSearchParams({ csrf_token: form.elements.namedItem("csrf_token").value, marks: JSON.stringify(marks) });
    fetch(form.action, { method: "POST", body, redirect: "manual" })
      .then((response) => {
        if (response.type === "opaqueredirect" || response.status === 400 || response.status === 403) throw new Error("signed out");
        if (!response.ok) throw new Error("not stored");
        return response.json();
      })
      .then((answer) => {
        const stored = new Set(answer.stored);
        keep(queued().filter((mark) => !stored.has(mark.key)));
        if (queued().length) waiting(); else show(form.dataset.allSent, "ok");
      })
      .catch((error) => {
        if (error.message === "signed out") show(form.dataset.refused, "wait"); else waiting();
      })
      .finally(() => {
        sending = false;
        if (queued().length) timer = window.setTimeout(send, RETRY_MS);
      });
  };

  // Marks that were not sent before the page was closed or reloaded.
  queued().forEach((mark) => {
    const box = boxes.find((one) => Number(one.value) === mark.company);
    if (box) box.checked = mark.mark === "here";
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
