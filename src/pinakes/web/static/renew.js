// New results in the place of others: what a reader has opened stays open, and what has the focus keeps it.
import { foldFacets } from "./fold.js";

const REACHED = "a[href], button, summary, input, select";

/** Put results in the place of those that are there. */
export function renew(results, html) {
  const opened = new Map([...results.querySelectorAll("details")].map((one) => [nameOf(one), one.open]));
  const at = results.contains(document.activeElement) ? document.activeElement : null;
  const begun = [...results.querySelectorAll("input[type=text]")].filter((one) => one.value !== one.defaultValue);
  results.innerHTML = html;
  for (const one of begun) write(results, one);
  foldFacets();
  for (const one of results.querySelectorAll("details")) one.open = opened.get(nameOf(one)) ?? one.open;
  if (at) refocus(results, at);
}

/** Put what was written, and not sent yet, where it stood. */
function write(results, field) {
  const same = (one) => one.name === field.name && placeOf(one) === placeOf(field);
  const found = [...results.querySelectorAll("input[type=text]")].find(same);
  if (found) found.value = field.value;
}

/** Give the focus to what stands for the element that had it. */
function refocus(results, at) {
  const [place, label] = [placeOf(at), labelOf(at)];
  const same = (one) => one.tagName === at.tagName && labelOf(one) === label && placeOf(one) === place;
  [...results.querySelectorAll(REACHED)].find(same)?.focus({ preventScroll: true });
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
