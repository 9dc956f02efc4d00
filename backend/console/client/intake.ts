/** While the caller speaks: what is alike, where it is, what the service asks, without leaving the form. */

import { all, calm } from "@pages/_dom";

const QUIET = 700;

/** Puts a fresh part in place of the one on the page, unless somebody is typing in it. */
function replace(fresh: Document, name: string): void {
  const [now, then] = [document, fresh].map((root) => root.querySelector(`[data-part="${name}"]`));
  if (!now || !then || now.contains(document.activeElement) || now.innerHTML === then.innerHTML) return;
  now.replaceChildren(...Array.from(then.childNodes));
}

function start(form: HTMLFormElement): void {
  let asked: AbortController | undefined;
  let service = "";
  const look = async (): Promise<void> => {
    const body = new FormData(form);
    body.set("do", "look");
    asked?.abort();
    asked = new AbortController();
    try {
      const response = await fetch(form.action, { method: "POST", body, signal: asked.signal, headers: { Accept: "text/html" } });
      if (!response.ok) return;
      const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
      const chosen = String(body.get("service") ?? "");
      const parts = chosen === service ? ["emergency", "seen"] : ["emergency", "seen", "questions"];
      service = chosen;
      parts.forEach((part) => replace(fresh, part));
    } catch (error) {
      if ((error as Error).name !== "AbortError") console.debug("the desk did not answer");
    }
  };
  service = String(new FormData(form).get("service") ?? "");
  const soon = calm(QUIET, () => void look());
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  form.addEventListener("vox:pinned", soon);
}

all<HTMLFormElement>("form[data-intake]").forEach(start);
