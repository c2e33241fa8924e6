// Shots and spans lead to their second in the player that is there already.

/** Let the links of shots seek instead of loading the page anew. */
export function seekShots() {
  const player = document.querySelector("#player");
  if (!(player instanceof HTMLMediaElement)) return;
  for (const link of document.querySelectorAll("a[data-second]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      player.currentTime = Number(link.dataset.second);
      player.play().catch(() => {});
      document.querySelector("a[data-second][aria-current]")?.removeAttribute("aria-current");
      link.setAttribute("aria-current", "true");
      history.replaceState(null, "", link.href);
    });
  }
}
