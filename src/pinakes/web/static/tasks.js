// Tasks go on while one looks: numbers change in place, and what has another state is drawn anew.

/** Follow the tasks of the page by server-sent events. */
export function followTasks() {
  const work = document.querySelector("#work[data-events]");
  if (!(work instanceof HTMLElement)) return;
  const events = new EventSource(work.dataset.events);
  let drawing = false;
  const drawAnew = async () => {
    if (drawing) return;
    drawing = true;
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const drawn = page.querySelector("#work");
      if (drawn) work.innerHTML = drawn.innerHTML;
      // Those who do not see the page hear of the new state.
      const told = document.querySelector("#told");
      if (told) told.textContent = work.querySelector(".now .state")?.textContent ?? "";
    } catch {
      // The server has gone for a moment; the next event finds it again.
    }
    drawing = false;
  };
  events.addEventListener("task", (event) => {
    const task = JSON.parse(event.data);
    const shown = work.querySelector(`[data-task="${task.id}"]`);
    if (!(shown instanceof HTMLElement) || shown.dataset.state !== `${task.state} ${task.wish}`) drawAnew();
    else tell(shown, task);
  });
  events.addEventListener("over", () => {
    events.close();
    drawAnew();
  });
}

/** Put the numbers of a task in their places. */
function tell(shown, task) {
  const bar = shown.querySelector("progress");
  if (bar && task.total) {
    bar.max = task.total;
    bar.value = task.done;
    bar.hidden = false;
  }
  const count = (number) => number.toLocaleString("en");
  const counted = shown.querySelector(".counted");
  if (counted && task.done + task.total) {
    counted.textContent = task.total ? `${count(task.done)} / ${count(task.total)}` : count(task.done);
  }
  const failed = shown.querySelector(".failed");
  if (failed && task.failed) {
    failed.hidden = false;
    failed.textContent = failed.textContent.replace(/[\d,]+/, count(task.failed));
  }
  const at = shown.querySelector(".at");
  if (at) at.textContent = task.message;
}
