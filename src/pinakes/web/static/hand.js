// Pictures, sounds and texts that are dropped, pasted or chosen become terms of the search.
import { addressOf } from "./live.js";

/** Take media from anywhere on the page. */
export function takeMedia() {
  const form = document.querySelector("#hand-form");
  const box = document.querySelector("#box");
  if (!(form instanceof HTMLFormElement) || !(box instanceof HTMLFormElement)) return;
  document.body.dataset.drop = form.dataset.drop;
  const chosen = form.querySelector("input[type=file]");
  chosen.addEventListener("change", () => chosen.files.length && handIn(form, box, chosen.files));

  const has = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  let depth = 0;
  document.addEventListener("dragenter", (event) => {
    if (has(event)) document.body.classList.toggle("dropping", ++depth > 0);
  });
  document.addEventListener("dragleave", (event) => {
    if (has(event)) document.body.classList.toggle("dropping", --depth > 0);
  });
  document.addEventListener("dragover", (event) => has(event) && event.preventDefault());
  document.addEventListener("drop", (event) => {
    depth = 0;
    document.body.classList.remove("dropping");
    if (!has(event)) return;
    event.preventDefault();
    handIn(form, box, event.dataTransfer.files);
  });
  document.addEventListener("paste", (event) => {
    const files = event.clipboardData?.files;
    if (!files?.length) return;
    event.preventDefault();
    handIn(form, box, files);
  });
}

/** Send files as the form would, with the words that stand in the box now, and go where the server says. */
async function handIn(form, box, files) {
  const status = document.querySelector("#said") ?? form.appendChild(document.createElement("p"));
  status.textContent = (form.dataset.sending ?? "").replace("{name}", files[0].name);
  document.querySelector("#results")?.setAttribute("aria-busy", "true");
  const sent = new FormData();
  for (const [name, value] of new URL(addressOf(box)).searchParams) sent.append(name, value);
  for (const file of files) sent.append("file", file, file.name);
  const answer = await fetch(form.action, { method: "POST", body: sent });
  if (answer.redirected) {
    location.assign(answer.url);
    return;
  }
  // What can not be read is told on a page of its own.
  document.documentElement.innerHTML = await answer.text();
}
