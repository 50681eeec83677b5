"use strict";

/* Says of each form of the console that it is under way, and sends it once. Every page does its work without it. */

(() => {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") {
      return;
    }
    if (form.dataset.underWay) {
      event.preventDefault();
      return;
    }
    form.dataset.underWay = "yes";
    if (event.submitter) {
      event.submitter.setAttribute("aria-busy", "true");
    }
  });

  /* Coming back by the browser's button: the page stands there as it was left. */
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-under-way]")) {
      delete form.dataset.underWay;
      for (const button of form.querySelectorAll("[aria-busy]")) {
        button.removeAttribute("aria-busy");
      }
    }
  });
})();
