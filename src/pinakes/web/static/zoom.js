// A picture to come nearer to: by buttons, wheel, keys and dragging.
const NEAREST = 8;

/** Give every picture that can be zoomed its tools. */
export function zoomPictures() {
  for (const figure of document.querySelectorAll("[data-zoom]")) zoom(figure);
}

function zoom(figure) {
  const frame = figure.querySelector(".frame");
  const picture = figure.querySelector("img");
  let [scale, x, y] = [1, 0, 0];

  const draw = () => {
    const [most, highest] = [(picture.offsetWidth * (scale - 1)) / 2, (picture.offsetHeight * (scale - 1)) / 2];
    x = Math.max(-most, Math.min(most, x));
    y = Math.max(-highest, Math.min(highest, y));
    picture.style.transform = scale === 1 ? "" : `translate(${x}px, ${y}px) scale(${scale})`;
    frame.classList.toggle("near", scale > 1);
  };
  const by = (factor) => {
    const before = scale;
    scale = factor ? Math.max(1, Math.min(NEAREST, scale * factor)) : 1;
    [x, y] = [(x * scale) / before, (y * scale) / before];
    draw();
  };

  for (const button of figure.querySelectorAll("button[data-by]")) {
    button.hidden = false;
    button.addEventListener("click", () => by(Number(button.dataset.by)));
  }
  frame.addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey && scale === 1) return;
      event.preventDefault();
      by(event.deltaY < 0 ? 1.2 : 1 / 1.2);
    },
    { passive: false },
  );
  frame.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] }[event.key];
    if (event.key === "+") by(1.5);
    else if (event.key === "-") by(1 / 1.5);
    else if (step && scale > 1) [x, y] = [x + step[0], y + step[1]];
    else return;
    event.preventDefault();
    draw();
  });
  frame.addEventListener("pointerdown", (event) => {
    if (scale === 1) return;
    event.preventDefault();
    frame.setPointerCapture(event.pointerId);
  });
  frame.addEventListener("pointermove", (event) => {
    if (!frame.hasPointerCapture(event.pointerId)) return;
    [x, y] = [x + event.movementX, y + event.movementY];
    draw();
  });
}
