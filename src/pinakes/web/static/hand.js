// Pictures, sounds and texts that are dropped, pasted or chosen become terms of the search.
import { addressOf, isLong } from "./live.js";
import { refusal } from "./refusal.js";

// Characters of a text from which on it goes as a file: a field of a form holds less.
const LONG = 20_000;

/** Take media from anywhere on the page, and long texts from the box. */
export function takeMedia() {
  const form = document.querySelector("#hand-form");
  const box = document.querySelector("#box");
  if (!(form instanceof HTMLFormElement) || !(box instanceof HTMLFormElement)) return;
  document.body.dataset.drop = form.dataset.drop;
  for (const chosen of form.querySelectorAll("input[type=file]")) {
    chosen.addEventListener("change", () => chosen.files.length && handIn(chosen.files));
  }
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
    if (!has(event) || event.target.closest?.("[data-drops]")) return;
    event.preventDefault();
    handIn(event.dataTransfer.files);
  });
  document.addEventListener("paste", (event) => {
    const carried = event.clipboardData;
    const files = carried?.files;
    if (!files?.length) return;
    // What is copied from a table or a document comes as words and as a picture of them: in a field the words are meant.
    const writes = event.target.closest?.("textarea, input:not([type=radio], [type=checkbox], [type=file])");
    if (writes && carried.types.includes("text/plain")) return;
    event.preventDefault();
    handIn(files);
  });
  takeText(box);
}

/** Hand a long text in when it is whole: pasted, or sent by the reader. */
function takeText(box) {
  const words = box.elements.namedItem("q");
  let before = "";
  box.addEventListener("beforeinput", () => (before = words.value.trim()));
  box.addEventListener("input", (event) => {
    if (!/^insertFrom(Paste|Drop)$/.test(event.inputType) || !isLong(box)) return;
    // What is put into an empty box is a text to compare with, and no query, whatever signs stand in it.
    if (before) handIn([]);
    else handIn([], words.value);
  });
  box.addEventListener("submit", (event) => {
    if (!isLong(box)) return;
    event.preventDefault();
    handIn([]);
  });
}

/** Send files as the form would, with the words that stand in the box now, and go where the server says. */
export async function handIn(files, text = "") {
  const form = document.querySelector("#hand-form");
  const box = document.querySelector("#box");
  const status = document.querySelector("#sending");
  status.textContent = (form.dataset.sending ?? "").replace("{name}", files[0]?.name ?? "…");
  status.hidden = false;
  document.querySelector("#results")?.setAttribute("aria-busy", "true");
  const sent = new FormData();
  for (const [name, value] of new URL(addressOf(box)).searchParams) sent.append(name, value);
  for (const file of files) sent.append("file", file, file.name);
  if (text) sent.delete("q");
  // A text that was written to be compared with goes along.
  for (const one of [text, form.elements.namedItem("text").value]) {
    // A field holds less than a file.
    if (one.length > LONG) sent.append("file", new File([one], `${one.slice(0, 40)}.txt`, { type: "text/plain" }));
    else if (one) sent.append("text", one);
  }
  try {
    const answer = await fetch(form.action, { method: "POST", body: sent });
    if (answer.redirected) {
      location.assign(answer.url);
      return;
    }
    // What can not be read is told in its place.
    status.textContent = refusal(await answer.text());
  } catch {
    status.textContent = form.dataset.failed;
  }
  document.querySelector("#results")?.removeAttribute("aria-busy");
}
