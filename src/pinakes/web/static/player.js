// Shots and spans lead to their second in the player that is there already, and the time line follows what is played.

/** Let the links of shots seek instead of loading the page anew. */
export function seekShots() {
  const player = document.querySelector("#player");
  if (!(player instanceof HTMLMediaElement)) return;
  const links = [...document.querySelectorAll("a[data-second]")];
  const line = document.querySelector("#timeline");
  const total = () => Number(line?.dataset.seconds) || player.duration || 0;

  const seek = (second) => {
    player.currentTime = second;
    player.play().catch(() => {});
  };
  for (const link of links) {
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      event.stopPropagation();
      seek(Number(link.dataset.second));
      show(links, link);
      history.replaceState(history.state, "", link.getAttribute("href"));
    });
  }
  line?.addEventListener("click", (event) => {
    const { left, width } = line.getBoundingClientRect();
    seek(((event.clientX - left) / width) * total());
  });
  player.addEventListener("timeupdate", () => {
    const now = player.currentTime;
    if (!player.paused) show(links, links.findLast((one) => Number(one.dataset.second) <= now + 0.05));
    const head = line?.querySelector(".head");
    head?.removeAttribute("hidden");
    for (const end of ["x1", "x2"]) head?.setAttribute(end, String((1000 * now) / (total() || 1)));
  });
  const here = document.querySelector(".strip [aria-current]");
  if (here) scrollWithin(here.closest("ol"), here);
}

/** Mark the shot that is played, in the list and on the line. */
function show(links, chosen) {
  const second = chosen?.dataset.second;
  if (second === undefined) return;
  for (const link of links) {
    const here = link.dataset.second === second;
    if (link.closest("svg")) link.classList.toggle("here", here);
    else if (!here) link.removeAttribute("aria-current");
    else if (!link.hasAttribute("aria-current")) {
      link.setAttribute("aria-current", "true");
      scrollWithin(link.closest(".strip ol"), link);
    }
  }
}

/** Bring a shot into view without moving the page. */
function scrollWithin(list, link) {
  if (!list) return;
  const [inner, outer] = [link.getBoundingClientRect(), list.getBoundingClientRect()];
  list.scrollLeft += inner.left - outer.left - (outer.width - inner.width) / 2;
}
