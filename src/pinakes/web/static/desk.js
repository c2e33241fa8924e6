// At the judge's desk: keys grade and lead on to the next work, without loading the page; buttons do the same.
import { meant } from "./keys.js";
import { refusal } from "./refusal.js";

/** Grade by keys, where people use keys at all. */
export function gradeByKeys() {
  const pool = document.querySelector("#pool");
  if (!pool) return;
  document.querySelector("#desk-keys")?.removeAttribute("hidden");
  pool.addEventListener("submit", (event) => {
    event.preventDefault();
    give(pool, event.target, event.submitter);
  });
  document.addEventListener("keydown", (event) => {
    if (!meant(event)) return;
    const work = document.activeElement?.closest("#pool li") ?? following(pool, null);
    const button = work?.querySelector(`[name=grade][value="${/^[0-9]$/.test(event.key) ? event.key : ""}"]`);
    if (button instanceof HTMLButtonElement) button.click();
  });
}

/** Send a grade, show it, and go on. */
async function give(pool, form, button) {
  const fields = new URLSearchParams(new FormData(form, button));
  form.querySelector(".notice")?.remove();
  let answer;
  try {
    answer = await fetch(form.action, { method: "POST", body: fields });
  } catch {
    dropped(form, pool.dataset.failed);
    return;
  }
  if (answer.status === 401) {
    location.reload();
    return;
  }
  if (!answer.ok) {
    dropped(form, refusal(await answer.text()) || pool.dataset.failed);
    return;
  }
  const grade = button.value;
  for (const one of form.querySelectorAll("[aria-pressed]")) one.setAttribute("aria-pressed", String(one === button));
  form.querySelector("[value=none]").hidden = grade === "none";
  const works = [...pool.children];
  const status = document.querySelector("#left");
  const left = works.filter((one) => !one.querySelector("[aria-pressed=true]")).length;
  if (status) status.textContent = status.dataset.left.replace("{n}", left).replace("{of}", works.length);
  const work = form.closest("li");
  const next = grade === "none" ? work : (following(pool, work) ?? work);
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

/** Say beside the work that its grade was not taken, and why. */
function dropped(form, why) {
  const note = Object.assign(document.createElement("p"), { className: "notice wrong", role: "alert", textContent: why });
  form.append(note);
  note.scrollIntoView({ block: "nearest" });
}

/** The next work that nothing was said of. */
function following(pool, work) {
  const works = [...pool.children];
  const from = works.indexOf(work) + 1;
  return [...works.slice(from), ...works.slice(0, from)].find((one) => !one.querySelector("[aria-pressed=true]"));
}
