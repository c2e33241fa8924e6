// What a reader wishes of this browser: each a tick in the dialog of keys, kept where only this browser sees it.

/** Whether a wish is on; all are until they are taken back. */
export function told(name) {
  return localStorage.getItem(`pinakes-${name}`) !== "off";
}

/** Let the ticks show and change the wishes. */
export function takeWishes() {
  for (const tick of document.querySelectorAll("input[data-wish]")) {
    tick.checked = told(tick.dataset.wish);
    tick.addEventListener("change", () => {
      localStorage.setItem(`pinakes-${tick.dataset.wish}`, tick.checked ? "on" : "off");
    });
  }
}
