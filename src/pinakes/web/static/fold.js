// On narrow screens facets begin folded; without this they are open and below the box.

/** Fold the facets where there is no room beside the results. */
export function foldFacets() {
  const fold = document.querySelector(".facets .fold");
  if (fold instanceof HTMLDetailsElement && !matchMedia("(min-width: 60rem)").matches) fold.open = false;
}
