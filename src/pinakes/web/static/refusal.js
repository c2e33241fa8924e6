// Pages of the server that say no, of which another page tells what they say.

/** What a page of the server says of what it refused; nothing where the answer is a piece of a page. */
export function refusal(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const told = page.querySelectorAll("main [role=alert] p");
  const said = told.length ? told : page.querySelectorAll("main p:not(:has(a))");
  return [...said].map((one) => one.textContent).join(" ");
}
