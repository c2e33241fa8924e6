// Further results are added below those that are there: at a click, or near the end by themselves; and the way back
// leads to the same place among them.
import { told } from "./wishes.js";

// So many stretches come by themselves; then the foot of the page can be reached, and a click brings more.
const BY_THEMSELVES = 4;
const KEPT = "pinakes-place";

/** Let results go on where they end. */
export function goOn() {
  const results = document.querySelector("#results:not([hidden])");
  if (!results) return;
  restore(results);
  let came = 0;
  results.addEventListener("click", (event) => {
    const link = event.target.closest?.(".pages .more");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    came = 0;
    add(results, link, true);
  });
  const near = new IntersectionObserver(
    (seen) => {
      const link = seen.find((one) => one.isIntersecting)?.target;
      if (link && told("endless") && came++ < BY_THEMSELVES) add(results, link, false);
    },
    { rootMargin: "600px" },
  );
  const watch = () => {
    near.disconnect();
    const link = results.querySelector(".pages .more");
    if (link) near.observe(link);
  };
  new MutationObserver(watch).observe(results, { childList: true, subtree: true });
  watch();
  addEventListener("pagehide", () => keep(results));
}

/** Fetch what follows and put it below. */
async function add(results, link, asked) {
  if (results.hasAttribute("aria-busy")) return;
  results.setAttribute("aria-busy", "more");
  try {
    const address = new URL(link.href);
    address.searchParams.set("part", "results");
    const answer = await fetch(address);
    if (!answer.ok) throw new TypeError(answer.statusText);
    const piece = document.createRange().createContextualFragment(await answer.text());
    const [list, pages] = [results.querySelector(".hits"), results.querySelector(".pages")];
    const following = piece.querySelector(".pages");
    if (!following) {
      location.assign(link.href);
      return;
    }
    // Meanwhile another search may have taken the place of this one.
    if (!link.isConnected) return;
    const note = piece.querySelector(".note.changed");
    if (note) list.append(parting(note));
    // Where the library has changed, some of what follows may stand there already.
    const anew = [...piece.querySelectorAll(".hits > li")].filter((one) => !list.querySelector(`#${one.id}`));
    const [first] = anew;
    list.append(...anew);
    pages.replaceWith(spanning(pages.dataset.first, following));
    if (asked) (first?.querySelector("h3 a") ?? results.querySelector(".pages a"))?.focus({ preventScroll: true });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    if (asked) location.assign(link.href);
  } finally {
    results.removeAttribute("aria-busy");
  }
}

/** Between results of two states of the library, what is said of that. */
function parting(note) {
  const status = document.querySelector("#said");
  if (status) status.textContent = note.textContent;
  return Object.assign(document.createElement("li"), { className: note.className, textContent: note.textContent });
}

/** What is said below, with the number of the first result that is there. */
function spanning(first, pages) {
  const said = pages.querySelector(".span");
  if (said) said.textContent = said.textContent.replace(pages.dataset.first, first);
  pages.dataset.first = first;
  return pages;
}

/** Remember what stood there when one left; only the last place, and only as long as the window is open. */
function keep(results) {
  const at = document.activeElement?.closest?.(".hits a")?.getAttribute("href") ?? "";
  const kept = { address: location.href, html: results.innerHTML, scroll: scrollY, at };
  try {
    // Where the next is too large, the last is gone all the same.
    sessionStorage.removeItem(KEPT);
    sessionStorage.setItem(KEPT, JSON.stringify(kept));
  } catch {
    // Nothing is kept: the way back leads to the first results.
  }
}

function keptPlace() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  } catch {
    return null;
  }
}

/** When one comes back to a page whose results had grown, let them be there again. */
function restore(results) {
  if (performance.getEntriesByType("navigation")[0]?.type !== "back_forward") return;
  const kept = keptPlace();
  if (kept?.address !== location.href) return;
  results.innerHTML = kept.html;
  results.querySelectorAll("[aria-busy]").forEach((one) => one.removeAttribute("aria-busy"));
  scrollTo(0, kept.scroll);
  if (kept.at) results.querySelector(`.hits h3 a[href="${CSS.escape(kept.at)}"]`)?.focus({ preventScroll: true });
}
