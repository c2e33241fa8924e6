// The buttons that put works on a shelf, without leaving the page.
import { refusal } from "./refusal.js";

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
      if (answer.ok && !answer.redirected) {
        show(button, (await answer.json()).on, sent.dataset);
        tell(status, button.textContent, true);
      } else {
        tell(status, refusal(await answer.text()) || sent.dataset.failed, false);
      }
    } catch {
      tell(status, sent.dataset.failed, false);
    }
  });
}

/** Say what became of it: aloud where the button shows it, and seen by all where not. */
function tell(status, said, done) {
  if (!status) return;
  status.textContent = said ?? "";
  status.classList.toggle("unseen", done);
}

/** Whether the work lies on the shelf, as the button says. */
function show(button, on, words) {
  button.name = on ? "take" : "put";
  button.setAttribute("aria-pressed", String(on));
  const said = button.querySelector("span");
  if (said) said.textContent = (on ? words.take : words.put) ?? "";
}
