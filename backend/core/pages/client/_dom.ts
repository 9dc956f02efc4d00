/** Small things that every module needs; no state. */

/** All elements that match, as an array. */
export function all<T extends Element = HTMLElement>(selector: string, root: ParentNode = document): T[] {
  return Array.from(root.querySelectorAll<T>(selector));
}

/** A word that the server wrote into data-words-NAME, with {n} filled in. */
export function word(element: HTMLElement, name: string, n?: number | string): string {
  const text = element.getAttribute(`data-words-${name}`) ?? "";
  return n === undefined ? text : text.replace("{n}", String(n));
}

/** An element with attributes and children, without a template language. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** The page's language, for numbers and dates. */
export const language = document.documentElement.lang || "en";

/** Calls once things have been quiet for a while. */
export function calm<A extends unknown[]>(wait: number, act: (...args: A) => void): (...args: A) => void {
  let timer: number | undefined;
  return (...args) => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => act(...args), wait);
  };
}

/** JSON from our own server, given up after ten seconds or when the caller aborts. */
export async function json<T>(url: string | URL, abort?: AbortSignal): Promise<T> {
  const limit = new AbortController();
  const timer = window.setTimeout(() => limit.abort(), 10_000);
  abort?.addEventListener("abort", () => limit.abort());
  try {
    const response = await fetch(url, { headers: { Accept: "application/json" }, signal: limit.signal });
    if (!response.ok) throw new Error(`${response.status}`);
    return (await response.json()) as T;
  } finally {
    window.clearTimeout(timer);
  }
}

/** Says something to a screen reader without moving it. */
export function announce(text: string): void {
  let voice = document.getElementById("voice");
  if (!voice) {
    voice = make("div", { id: "voice", class: "sr-only", role: "status" });
    document.body.append(voice);
  }
  voice.textContent = text;
}
