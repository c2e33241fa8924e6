// Files that are handed in to be kept: how much has been sent is shown, and what is refused is told in its place.
import { refusal } from "./refusal.js";

/** Send the form of the page by ourselves. */
export function sendDeposit() {
  const form = document.querySelector("#deposit");
  const sent = document.querySelector("#sent");
  if (!(form instanceof HTMLFormElement) || !sent) return;
  const bar = sent.querySelector("progress");
  const words = sent.querySelector("span");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const button = form.querySelector("button[type=submit]");
    const request = new XMLHttpRequest();
    const over = (said) => {
      button.disabled = false;
      bar.hidden = true;
      words.textContent = said;
    };
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      bar.max = total;
      bar.value = loaded;
      words.textContent = `${form.dataset.sending} ${Math.floor((100 * loaded) / total)} %`;
    });
    request.addEventListener("load", () => {
      if (request.status < 400) location.assign(request.responseURL);
      else over(refusal(request.responseText));
    });
    request.addEventListener("error", () => over(form.dataset.failed));
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "text/html");
    button.disabled = true;
    bar.hidden = sent.hidden = false;
    request.send(new FormData(form));
  });
}
