/* The end of the carrier's window: tells the page that opened it, and nobody else, how it ended. */
"use strict";

const { result, origin } = document.body.dataset;
if (result && origin && window.opener) {
  window.opener.postMessage(JSON.parse(result), origin);
  window.close();
}

const close = document.getElementById("close");
if (window.opener) {
  close.hidden = false;
  close.addEventListener("click", () => window.close());
}
