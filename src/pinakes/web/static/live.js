// Results as one types: quick ones at once, precise ones when the typing pauses; the address follows.
import { foldFacets } from "./fold.js";

const QUICK_MS = 160;
const SETTLED_MS = 700;

/** Let the results follow what stands in the box. */
export function answerAsYouType() {
  const box = document.querySelector("#box");
  const results = document.querySelector("#results:not([hidden])");
  if (!(box instanceof HTMLFormElement) || !results) return;
  const words = box.elements.namedItem("q");
  let asking = new AbortController();
  let timers = [];
  let shown = words.value;

  const ask = async (mode, address) => {
    asking.abort();
    const mine = new AbortController();
    asking = mine;
    results.setAttribute("aria-busy", "true");
    try {
      const asked = new URL(address);
      if (mode === "quick") asked.searchParams.set("mode", "quick");
      asked.searchParams.set("part", "results");
      const answer = await fetch(asked, { signal: mine.signal });
      const text = await answer.text();
      if (!answer.headers.get("content-type")?.startsWith("text/html")) return;
      results.innerHTML = text;
      foldFacets();
      say(results);
      history.replaceState(null, "", address);
    } catch (error) {
      if (error instanceof DOMException) return;
      if (!(error instanceof TypeError)) throw error;
      failed(results);
    } finally {
      if (asking === mine) results.removeAttribute("aria-busy");
    }
  };

  const follow = () => {
    timers.forEach(clearTimeout);
    if (words.value === shown) return;
    shown = words.value;
    const address = addressOf(box);
    timers = [setTimeout(ask, QUICK_MS, "quick", address)];
    if (new URL(address).searchParams.get("mode") !== "quick") {
      timers.push(setTimeout(ask, SETTLED_MS, "precise", address));
    }
  };

  words.addEventListener("input", follow);
  for (const one of box.querySelectorAll("[name=mode], select")) {
    one.addEventListener("change", () => ask("as chosen", addressOf(box)));
  }
}

/** The address to which the form would lead. */
export function addressOf(box) {
  const address = new URL(box.action);
  for (const [name, value] of new FormData(box)) {
    if (value && !(name === "mode" && value === "precise")) address.searchParams.append(name, String(value));
  }
  return address.href;
}

/** Say that the server can not be reached, above what was found before. */
function failed(results) {
  const note = Object.assign(document.createElement("p"), { className: "note", textContent: results.dataset.failed });
  results.querySelector(".note.failed")?.remove();
  note.classList.add("failed");
  results.prepend(note);
}

/** Tell those who do not see the page how many were found. */
function say(results) {
  const status = document.querySelector("#said");
  const told = results.querySelector("[data-said]");
  if (status && told instanceof HTMLElement) status.textContent = told.dataset.said ?? "";
}
