// The buttons that put works on a shelf, without leaving the page.

/** Answer the form of all such buttons where the reader stands. */
export function fillShelves() {
  const form = document.querySelector("#shelving");
  if (!(form instanceof HTMLFormElement)) return;
  const status = form.querySelector("[role=status]");

  document.addEventListener("submit", async (event) => {
    const sent = event.target;
    const button = event.submitter;
    if (!(sent instanceof HTMLFormElement) || sent.id !== "shelving" || !(button instanceof HTMLButtonElement)) return;
    event.preventDefault();
    const values = new URLSearchParams();
    for (const [name, value] of new FormData(sent, button)) values.append(name, String(value));
    try {
      const answer = await fetch(sent.action, { method: "POST", body: values, headers: { Accept: "application/json" } });
      if (!answer.ok || answer.redirected) throw new TypeError();
      show(button, (await answer.json()).on, sent.dataset);
      if (status) status.textContent = button.textContent;
    } catch {
      if (status) status.textContent = sent.dataset.failed ?? "";
      status?.classList.remove("unseen");
    }
  });
}

/** Whether the work lies on the shelf, as the button says. */
function show(button, on, words) {
  button.name = on ? "take" : "put";
  button.setAttribute("aria-pressed", String(on));
  const said = button.querySelector("span");
  if (said) said.textContent = (on ? words.take : words.put) ?? "";
}
