// A person's history, where they let it be kept: what was searched for once it stands still, and what was opened of it.
const STANDS_STILL_MS = 3000;

/** Tell the server what was searched for or opened; a page never changes anything by being asked for. */
export function noteThePast() {
  const opened = document.querySelector("[data-opened]");
  if (opened instanceof HTMLElement && arrived()) note(`item=${opened.dataset.opened}`);
  const results = document.querySelector("#results[data-noting]");
  if (!results) return;
  let timer = 0;
  let told = "";
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (location.search && location.search !== told && results.querySelector(".hits")) note("");
      told = location.search;
    }, STANDS_STILL_MS);
  };
  new MutationObserver(later).observe(results, { childList: true });
  if (kind() === "navigate") later();
}

/** Whether the reader came here from a list of works, and neither reloaded the page nor turned to another part. */
function arrived() {
  if (kind() !== "navigate" || !document.referrer) return false;
  const from = new URL(document.referrer);
  return from.origin === location.origin && from.pathname !== location.pathname;
}

function kind() {
  const [way] = performance.getEntriesByType("navigation");
  return way instanceof PerformanceNavigationTiming ? way.type : "navigate";
}

function note(item) {
  const values = new URLSearchParams(location.search);
  for (const name of ["part", "stretch", "page", "view", "lang", "theme"]) values.delete(name);
  navigator.sendBeacon(`/noted?${[item, values.toString()].filter(Boolean).join("&")}`);
}
