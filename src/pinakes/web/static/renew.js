// New results in the place of others: what a reader has opened stays open, and what has the focus keeps it.
import { foldFacets } from "./fold.js";

const REACHED = "a[href], button, summary, input, select";

/** Put results in the place of those that are there. */
export function renew(results, html) {
  const opened = new Map([...results.querySelectorAll("details")].map((one) => [nameOf(one), one.open]));
  const at = results.contains(document.activeElement) ? document.activeElement : null;
  results.innerHTML = html;
  foldFacets();
  for (const one of results.querySelectorAll("details")) one.open = opened.get(nameOf(one)) ?? one.open;
  if (at) refocus(results, at);
}

/** Give the focus to what stands for the element that had it, with what was written there. */
function refocus(results, at) {
  const [place, label] = [placeOf(at), labelOf(at)];
  const same = (one) => one.tagName === at.tagName && labelOf(one) === label && placeOf(one) === place;
  const found = [...results.querySelectorAll(REACHED)].find(same);
  if (found instanceof HTMLInputElement && found.type === "text") found.value = at.value;
  found?.focus({ preventScroll: true });
}

function nameOf(details) {
  return `${placeOf(details)} ${details.className}`;
}

/** Where an element stands: in a work, under a facet, or elsewhere; it may have been taken out of the page. */
function placeOf(element) {
  return (
    element.closest("li[id^=item-]")?.id ?? element.closest(".facets section")?.querySelector("h2")?.textContent ?? ""
  );
}

/** What an element says, without the count beside it. */
function labelOf(element) {
  const said = element.querySelector("span:not(.unseen)") ?? element;
  return element.getAttribute("aria-label") ?? (said.textContent.trim() || element.name);
}
