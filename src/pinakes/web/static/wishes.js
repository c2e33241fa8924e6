// What a reader wishes of this browser: each a tick in the dialog of keys, kept where only this browser sees it.

// Where the browser lets pages keep nothing, wishes hold as long as the page is there.
const here = new Map();

/** Whether a wish is on; all are until they are taken back. */
export function told(name) {
  if (here.has(name)) return here.get(name);
  try {
    return localStorage.getItem(`pinakes-${name}`) !== "off";
  } catch {
    return true;
  }
}

function wish(name, on) {
  try {
    localStorage.setItem(`pinakes-${name}`, on ? "on" : "off");
  } catch {
    here.set(name, on);
  }
}

/** Let the ticks show and change the wishes. */
export function takeWishes() {
  for (const tick of document.querySelectorAll("input[data-wish]")) {
    tick.checked = told(tick.dataset.wish);
    tick.addEventListener("change", () => wish(tick.dataset.wish, tick.checked));
  }
}
