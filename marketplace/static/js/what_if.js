// Updates the what-if panel while its form is edited. Without scripts, the submit button reloads the page.
(() => {
  "use strict";

  const form = document.querySelector("form[data-fit]");
  if (!form || !window.fetch || !window.DOMParser) return;

  const DEBOUNCE_MS = 120;
  const button = form.querySelector("button[type=submit]");
  button.hidden = true;  // shown again if an update fails
  let timer = 0;
  let running = null;

  // Replace each drop-down list with a slider that shows the text of the selected option.
  const sliders = [...form.querySelectorAll("select[data-slide]")].map((select) => {
    const slider = document.createElement("input");
    const output = document.createElement("output");
    slider.type = "range";
    slider.className = "slide";
    slider.id = `${select.id}-slide`;
    slider.min = "0";
    output.htmlFor = slider.id;
    output.className = "effect";
    const show = () => {
      slider.max = String(select.options.length - 1);
      slider.value = String(select.selectedIndex);
      output.textContent = select.options[select.selectedIndex].textContent;
      slider.setAttribute("aria-valuetext", output.textContent);
    };
    slider.addEventListener("input", () => {
      select.selectedIndex = Number(slider.value);
      show();
    });
    form.querySelector(`label[for="${select.id}"]`).htmlFor = slider.id;
    select.hidden = true;
    select.after(slider, output);
    show();
    return show;
  });

  const replaceLiveParts = (page) => {
    document.querySelectorAll("[data-live]").forEach((current) => {
      const updated = page.getElementById(current.id);
      if (updated) current.replaceChildren(...[...updated.childNodes].map((node) => document.adoptNode(node)));
    });
    form.querySelectorAll("select").forEach((select) => {
      const updated = page.getElementById(select.id);
      if (!updated) return;
      const selected = select.value;
      select.replaceChildren(...[...updated.options].map((option) => document.adoptNode(option)));
      select.value = selected;
    });
    sliders.forEach((show) => show());
  };

  const refresh = () => {
    window.clearTimeout(timer);
    if (running) running.abort();
    const request = new AbortController();
    running = request;
    const query = new URLSearchParams(new FormData(form)).toString();
    form.setAttribute("aria-busy", "true");
    fetch(`${form.dataset.fit}?${query}`, { signal: request.signal, redirect: "error" })
      .then((response) => {
        if (!response.ok) throw new Error(String(response.status));
        return response.text();
      })
      .then((text) => {
        const page = new DOMParser().parseFromString(text, "text/html");
        if (!page.getElementById("fit-answer")) throw new Error("response has no what-if panel");
        replaceLiveParts(page);
        window.history.replaceState(null, "", `?${query}`);
        button.hidden = true;
      })
      .catch((error) => { if (error.name !== "AbortError") button.hidden = false; })
      .finally(() => {
        if (running !== request) return;
        running = null;
        form.removeAttribute("aria-busy");
      });
  };

  form.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(refresh, DEBOUNCE_MS);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    refresh();
  });
})();
