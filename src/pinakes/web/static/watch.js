// What goes on is looked at every two seconds, as long as the page is seen; without this one loads the page again.
const EVERY_MS = 2000;

/** Keep up to date what a page says of work that goes on. */
export function watchWork() {
  for (const place of document.querySelectorAll("[data-watch]")) {
    if (place instanceof HTMLElement && place.querySelector("[data-moving]")) setTimeout(look, EVERY_MS, place);
  }
}

/** Ask for the part anew; once nothing moves any more, the whole page shows what can be done now. */
async function look(place) {
  if (document.hidden) {
    setTimeout(look, EVERY_MS, place);
    return;
  }
  const folded = [...place.querySelectorAll("details")].map((one) => one.open);
  try {
    const answer = await fetch(new URL(place.dataset.watch ?? "", location.href));
    if (answer.ok && !answer.redirected) {
      place.innerHTML = await answer.text();
      place.querySelectorAll("details").forEach((one, at) => (one.open = folded[at] ?? false));
      if (!place.querySelector("[data-moving]")) {
        location.reload();
        return;
      }
    }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  setTimeout(look, EVERY_MS, place);
}
