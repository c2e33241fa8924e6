// Results as one types: quick ones at once, precise ones when the typing pauses; the address follows.
import { refusal } from "./refusal.js";
import { renew } from "./renew.js";

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
      if (answer.status === 401) {
        location.assign(`/login?${new URLSearchParams({ next: `/${new URL(address).search}` })}`);
        return;
      }
      // What is wrong with the search itself comes in the place of its results, and all else as a page.
      if (/^\s*<!doctype/i.test(text)) {
        failed(results, (!answer.ok && refusal(text)) || results.dataset.failed);
        return;
      }
      renew(results, text);
      say(results);
      document.title = results.querySelector("[data-title]")?.dataset.title ?? document.title;
      history.replaceState(null, "", address);
    } catch (error) {
      if (error instanceof DOMException) return;
      if (!(error instanceof TypeError)) throw error;
      failed(results, results.dataset.failed);
    } finally {
      if (asking === mine) results.removeAttribute("aria-busy");
    }
  };

  const forget = () => timers.forEach(clearTimeout);

  const follow = () => {
    // What an input method ends with may be what stood there already: what is to come for it still comes.
    if (words.value === shown) return;
    forget();
    shown = words.value;
    // A long text is handed in as a whole.
    if (isLong(box)) return;
    const address = addressOf(box);
    timers = [setTimeout(ask, QUICK_MS, "quick", address)];
    if (new URL(address).searchParams.get("mode") !== "quick") {
      timers.push(setTimeout(ask, SETTLED_MS, "precise", address));
    }
  };

  words.addEventListener("input", follow);
  for (const one of box.querySelectorAll("[name=mode], select")) {
    one.addEventListener("change", () => {
      // What was typed just now is asked as is chosen here, and not once more in the way that was chosen before.
      forget();
      shown = words.value;
      if (isLong(box)) box.requestSubmit();
      else ask("as chosen", addressOf(box));
    });
  }
}

/** Whether more stands in the box than an address should hold. */
export function isLong(box) {
  return [...box.elements.namedItem("q").value.trim()].length > Number(box.dataset.longest);
}

/** The address to which the form would lead. */
export function addressOf(box) {
  const address = new URL(box.action);
  for (const [name, value] of new FormData(box)) {
    if (value && !(name === "mode" && value === "precise")) address.searchParams.append(name, String(value));
  }
  return address.href;
}

/** Say why there is no answer, above what was found before. */
function failed(results, why) {
  const note = Object.assign(document.createElement("p"), { className: "note", textContent: why });
  results.querySelector(".note.failed")?.remove();
  note.classList.add("failed");
  results.prepend(note);
  announce(why);
}

/** Tell those who do not see the page how many were found. */
function say(results) {
  const told = results.querySelector("[data-said]");
  if (told instanceof HTMLElement) announce(told.dataset.said ?? "");
}

function announce(words) {
  const status = document.querySelector("#said");
  if (status) status.textContent = words;
}
