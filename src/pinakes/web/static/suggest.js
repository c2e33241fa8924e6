// Words and titles of the library for what was begun, in the browser's own list.
const PAUSE_MS = 120;

/** Offer how what stands in the box may go on. */
export function suggestWords() {
  const words = document.querySelector("#q");
  const list = document.querySelector("#suggestions");
  if (!(words instanceof HTMLInputElement) || !list) return;
  let timer = 0;
  let asking = new AbortController();

  const offer = async () => {
    asking.abort();
    asking = new AbortController();
    const text = words.value;
    if (!text.trim()) return list.replaceChildren();
    try {
      const answer = await fetch(`/api/v1/suggestions?q=${encodeURIComponent(text)}`, { signal: asking.signal });
      if (!answer.ok) return undefined;
      const found = await answer.json();
      const begun = text.replace(/[\p{L}\p{N}]+$/u, "");
      const offers = [...found.words.map((word) => begun + word), ...found.titles.map((one) => one.title)];
      list.replaceChildren(...[...new Set(offers)].map((value) => Object.assign(new Option(), { value })));
    } catch (error) {
      // Without the server there is nothing to offer, which the results say.
      if (!(error instanceof DOMException || error instanceof TypeError)) throw error;
    }
    return undefined;
  };

  words.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(offer, PAUSE_MS);
  });
}
