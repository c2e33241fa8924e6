// A few keys for those who like them, which can be switched off.
import { told } from "./wishes.js";

/** Listen to keys outside of fields. */
export function useKeys() {
  const help = document.querySelector("#keys");
  for (const button of document.querySelectorAll("[data-open=keys]")) {
    button.hidden = false;
    button.addEventListener("click", () => help.showModal());
  }
  document.addEventListener("keydown", (event) => {
    const at = event.target;
    if (event.key === "Escape" && at instanceof HTMLElement && at.id === "q" && !event.isComposing) {
      // Else the browser would empty the box, while the results stay.
      event.preventDefault();
      at.blur();
    }
    if (!meant(event)) return;
    const done = { "/": toBox, "?": () => help.showModal(), j: () => step(1), k: () => step(-1) }[event.key];
    if (!done) return;
    event.preventDefault();
    done();
  });
}

/** Whether a key is one of ours: keys are wished for, and it stands alone and outside of fields. */
export function meant(event) {
  const at = event.target;
  const writes = at instanceof HTMLElement && at.closest("input:not([type=radio]), textarea, select, dialog");
  return !writes && told("keys") && !event.ctrlKey && !event.metaKey && !event.altKey;
}

function toBox() {
  const words = document.querySelector("#q");
  words?.focus();
  words?.select();
}

/** To the next or former result, or page of a work. */
function step(by) {
  const turn = document.querySelector(by > 0 ? ".turn [rel=next]" : ".turn [rel=prev]");
  if (turn) {
    turn.click();
    return;
  }
  const links = [...document.querySelectorAll(".hits h3 a")];
  const now = links.indexOf(document.activeElement);
  const next = links[now < 0 ? 0 : Math.max(0, Math.min(links.length - 1, now + by))];
  next?.focus();
  next?.closest(".card")?.scrollIntoView({ block: "nearest" });
}
