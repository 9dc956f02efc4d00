/** Writing an idea: saved while one types, kept on the device without a network, with what reads alike. */

import { all, announce, calm, word } from "@pages/_dom";

const WAIT = 2500;

interface Saved {
  saved: boolean;
  alike?: string;
}

/** What a form holds now, without files and without what proves who sent it. */
function written(form: HTMLFormElement): [string, string][] {
  const found: [string, string][] = [];
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && name !== "csrf_token") found.push([name, value]);
  }
  return found;
}

function restore(form: HTMLFormElement, kept: [string, string][]): void {
  const seen: Record<string, number> = {};
  for (const [name, value] of kept) {
    const fields = all<HTMLInputElement>(`[name="${CSS.escape(name)}"]`, form);
    const field = fields[seen[name] ?? 0];
    seen[name] = (seen[name] ?? 0) + 1;
    if (!field || field.type === "hidden") continue;
    if (field.type === "checkbox") field.checked = true;
    else field.value = value;
  }
}

function start(form: HTMLFormElement): void {
  const key = `vox idea ${form.dataset.idea ?? ""}`;
  const status = form.querySelector<HTMLElement>("[data-idea-status]");
  const alike = document.querySelector<HTMLElement>("[data-alike]");
  let sending = false;
  let again = false;

  const say = (name: string): void => {
    if (status) status.textContent = word(form, name);
  };

  const save = async (): Promise<void> => {
    if (sending) {
      again = true;
      return;
    }
    sending = true;
    say("saving");
    try {
      const body = new FormData(form);
      body.delete("photos");
      body.set("do", "auto");
      const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
      if (answer.status >= 500) throw new Error(String(answer.status));
      const found = (await answer.json()) as Saved;
      if (found.saved) {
        localStorage.removeItem(key);
        say("saved");
        if (alike && found.alike !== undefined) alike.innerHTML = found.alike;
      }
    } catch {
      localStorage.setItem(key, JSON.stringify(written(form)));
      say("offline");
    } finally {
      sending = false;
      if (again) {
        again = false;
        later();
      }
    }
  };
  const later = calm(WAIT, () => void save());

  const kept = localStorage.getItem(key);
  if (kept) {
    restore(form, JSON.parse(kept) as [string, string][]);
    announce(word(form, "restored"));
    void save();
  }
  form.addEventListener("input", later);
  window.addEventListener("online", () => void save());
}

for (const form of all<HTMLFormElement>("form[data-idea]")) {
  if (form.dataset.idea) start(form);
}
