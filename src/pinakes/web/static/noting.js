// A person's history, where they let it be kept: what was searched for once it stands still, and what was opened of it.
const STANDS_STILL_MS = 3000;

/** Tell the server what was searched for or opened; a page never changes anything by being asked for. */
export function noteThePast() {
  const opened = document.querySelector("[data-opened]");
  const from = opened instanceof HTMLElement ? cameFrom() : null;
  // What was come upon beside another work was not found by the search that led to that one.
  if (from) note(`item=${opened.dataset.opened}`, from === "/" ? location.search : "");
  const results = document.querySelector("#results[data-noting]");
  if (!results) return;
  let timer = 0;
  let told = "";
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (location.search && location.search !== told && results.querySelector(".hits")) note("", location.search);
      told = location.search;
    }, STANDS_STILL_MS);
  };
  new MutationObserver(later).observe(results, { childList: true });
  if (kind() === "navigate") later();
}

/** The page of ours from which the reader came here; none where this one was reloaded, or turned to another part. */
function cameFrom() {
  if (kind() !== "navigate" || !document.referrer) return null;
  const from = new URL(document.referrer);
  return from.origin === location.origin && from.pathname !== location.pathname ? from.pathname : null;
}

function kind() {
  const [way] = performance.getEntriesByType("navigation");
  return way instanceof PerformanceNavigationTiming ? way.type : "navigate";
}

function note(item, search) {
  const values = new URLSearchParams(search);
  for (const name of ["part", "stretch", "page", "view", "lang", "theme"]) values.delete(name);
  navigator.sendBeacon(`/noted?${[item, values.toString()].filter(Boolean).join("&")}`);
}
