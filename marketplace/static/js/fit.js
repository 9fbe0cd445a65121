// Counts again while something is tried, without a new page. Without script, the button does it.
(() => {
  "use strict";

  const form = document.querySelector("form[data-fit]");
  if (!form || !window.fetch || !window.DOMParser) return;

  const PAUSE = 120;
  const button = form.querySelector("button[type=submit]");
  let timer = 0;
  let running = null;

  // A list of steps becomes a slider; each step says its count, as the list did.
  const sliders = [...form.querySelectorAll("select[data-slide]")].map((select) => {
    const slider = document.createElement("input");
    const told = document.createElement("output");
    slider.type = "range";
    slider.className = "slide";
    slider.id = `${select.id}-slide`;
    slider.min = "0";
    told.htmlFor = slider.id;
    told.className = "effect";
    const show = () => {
      slider.max = String(select.options.length - 1);
      slider.value = String(select.selectedIndex);
      told.textContent = select.options[select.selectedIndex].textContent;
      slider.setAttribute("aria-valuetext", told.textContent);
    };
    slider.addEventListener("input", () => {
      select.selectedIndex = Number(slider.value);
      show();
    });
    form.querySelector(`label[for="${select.id}"]`).htmlFor = slider.id;
    select.hidden = true;
    select.after(slider, told);
    show();
    return show;
  });

  const take = (page) => {
    document.querySelectorAll("[data-live]").forEach((here) => {
      const there = page.getElementById(here.id);
      if (there) here.replaceChildren(...[...there.childNodes].map((node) => document.adoptNode(node)));
    });
    form.querySelectorAll("select").forEach((select) => {
      const there = page.getElementById(select.id);
      if (!there) return;
      const chosen = select.value;
      select.replaceChildren(...[...there.options].map((option) => document.adoptNode(option)));
      select.value = chosen;
    });
    sliders.forEach((show) => show());
  };

  const count = () => {
    window.clearTimeout(timer);
    if (running) running.abort();
    const mine = new AbortController();
    running = mine;
    const asked = new URLSearchParams(new FormData(form)).toString();
    form.setAttribute("aria-busy", "true");
    fetch(`${form.dataset.fit}?${asked}`, { signal: mine.signal, redirect: "error" })
      .then((answer) => {
        if (!answer.ok) throw new Error(String(answer.status));
        return answer.text();
      })
      .then((text) => {
        const page = new DOMParser().parseFromString(text, "text/html");
        if (!page.getElementById("fit-answer")) throw new Error("not the panel");
        take(page);
        window.history.replaceState(null, "", `?${asked}`);
        button.hidden = true;
      })
      .catch((error) => { if (error.name !== "AbortError") button.hidden = false; })
      .finally(() => {
        if (running !== mine) return;
        running = null;
        form.removeAttribute("aria-busy");
      });
  };

  form.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(count, PAUSE);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    count();
  });
})();
