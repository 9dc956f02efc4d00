/** A whole report on one page: kept on the phone first, sent afterwards. */

import { all, calm, make, word } from "@pages/_dom";
import { conditions } from "./_conditions";
import { askForSync, forget, type Item, item, keep, newId } from "./_outbox";

const DRAFT = "vox-quick-draft";

class QuickReport {
  private readonly questions: HTMLElement;
  private readonly service: HTMLSelectElement;
  private readonly needs: Record<string, string[]>;
  /** The item that is being mended, with its photos. */
  private mended: Item | undefined;

  constructor(private readonly form: HTMLFormElement) {
    this.questions = form.querySelector("[data-quick-questions]") as HTMLElement;
    this.service = form.elements.namedItem("service") as HTMLSelectElement;
    this.needs = JSON.parse(form.dataset.needs ?? "{}") as Record<string, string[]>;
    this.service.addEventListener("change", () => this.ask());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.submit();
    });
    form.addEventListener("input", calm(400, () => this.remember()));
    void this.begin();
  }

  private async begin(): Promise<void> {
    const wanted = new URLSearchParams(location.hash.slice(1)).get("mend");
    this.mended = wanted ? await item(wanted) : undefined;
    if (this.mended?.state === "sent") this.mended = undefined;
    const before = this.mended?.fields ?? this.remembered();
    for (const [name, value] of before) this.fill(name, value);
    this.ask();
    const answers = before.find(([name]) => name === "answers")?.[1];
    if (answers) this.fillAnswers(JSON.parse(answers) as Record<string, string | string[]>);
    const note = this.form.querySelector<HTMLElement>("[data-quick-photos]");
    if (note && this.mended?.photos.length) {
      note.textContent = word(this.form, "kept", this.mended.photos.length);
      note.hidden = false;
    }
    if (this.mended?.faults) this.blame(this.mended.faults);
  }

  private fill(name: string, value: string): void {
    const [to, wanted] = name === "contact.email" ? ["email", value] : name === "visibility" ? ["private", value] : [name, value];
    const field = this.form.elements.namedItem(to);
    if (field instanceof HTMLInputElement && field.type === "checkbox") field.checked = wanted === "private";
    else if (field instanceof HTMLInputElement && field.type === "file") return;
    else if (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement || field instanceof HTMLSelectElement) {
      field.value = wanted;
    }
  }

  private fillAnswers(answers: Record<string, string | string[]>): void {
    for (const [code, value] of Object.entries(answers)) {
      const values = Array.isArray(value) ? value : [value];
      for (const field of all<HTMLInputElement>(`[name="answer_${CSS.escape(code)}"]`, this.questions)) {
        if (["radio", "checkbox"].includes(field.type)) field.checked = values.includes(field.value);
        else field.value = values[0] ?? "";
      }
    }
    this.form.dispatchEvent(new Event("change"));
  }

  /** The words of an unfinished report survive a closed browser. */
  private remember(): void {
    if (this.mended) return;
    const fields = this.fields().filter(([name]) => ["text", "address", "service", "lon", "lat"].includes(name));
    localStorage.setItem(DRAFT, JSON.stringify(fields));
  }

  private remembered(): [string, string][] {
    try {
      return JSON.parse(localStorage.getItem(DRAFT) ?? "[]") as [string, string][];
    } catch {
      return [];
    }
  }

  /** The questions of the chosen service. */
  private ask(): void {
    const template = this.form.querySelector<HTMLTemplateElement>(
      `template[data-questions-of="${CSS.escape(this.service.value)}"]`,
    );
    this.questions.replaceChildren(...(template ? [template.content.cloneNode(true)] : []));
    conditions(this.questions);
  }

  private answers(): Record<string, string | string[]> {
    const given: Record<string, string | string[]> = {};
    for (const field of all<HTMLInputElement>("[name^='answer_']", this.questions)) {
      const code = field.name.slice("answer_".length);
      if (field.closest("[hidden]") || (["radio", "checkbox"].includes(field.type) && !field.checked)) continue;
      if (field.type === "checkbox") given[code] = [...((given[code] as string[] | undefined) ?? []), field.value];
      else if (field.value.trim()) given[code] = field.value.trim();
    }
    return given;
  }

  /** What the city is sent, but for the photos. */
  private fields(): [string, string][] {
    const value = (name: string): string => String(new FormData(this.form).get(name) ?? "").trim();
    const answers = this.answers();
    const found: [string, string][] = [
      ["text", value("text")],
      ["service", this.service.value],
      ["address", value("address")],
      ["lon", value("lon")],
      ["lat", value("lat")],
      ["answers", Object.keys(answers).length ? JSON.stringify(answers) : ""],
      ["contact.email", value("email")],
      ["visibility", value("private") ? "private" : "public"],
      ["language", this.form.dataset.language ?? ""],
      ["channel", "app"],
    ];
    return found.filter(([, given]) => given !== "");
  }

  private photos(): File[] {
    const input = this.form.querySelector<HTMLInputElement>('input[type="file"]');
    return Array.from(input?.files ?? []);
  }

  private faults(fields: [string, string][], photos: number): Record<string, string> {
    const given = new Map(fields);
    const found: Record<string, string> = {};
    const needs = this.needs[this.service.value] ?? [];
    if ((given.get("text") ?? "").length < 3) found.text = word(this.form, "short");
    if (needs.includes("place") && !given.has("address") && !given.has("lon")) found.address = word(this.form, "place");
    if (needs.includes("photo") && !photos) found.photos = word(this.form, "photo");
    const answers = this.answers();
    for (const question of all("[data-required]", this.questions)) {
      const name = question.dataset.required ?? "";
      if (!question.hidden && answers[name.slice("answer_".length)] === undefined) found[name] = word(this.form, "answer");
    }
    return found;
  }

  private blame(faults: Record<string, string>): void {
    const box = this.form.querySelector<HTMLElement>("[data-quick-errors]");
    if (!box) return;
    const at = (field: string): string =>
      ({ place: "address", "contact.email": "email" })[field] ?? field.replace(/^answers\./, "answer_");
    const lines = Object.entries(faults).map(([field, message]) =>
      make("li", {}, make("a", { href: `#${at(field)}` }, message)),
    );
    box.querySelector("ul")?.replaceChildren(...lines);
    for (const field of all("[aria-invalid]", this.form)) field.removeAttribute("aria-invalid");
    for (const field of Object.keys(faults)) document.getElementById(at(field))?.setAttribute("aria-invalid", "true");
    box.hidden = lines.length === 0;
    if (lines.length) box.focus();
  }

  private async submit(): Promise<void> {
    const fields = this.fields();
    const photos: Blob[] = [...(this.mended?.photos ?? []), ...this.photos()].slice(0, 5);
    const faults = this.faults(fields, photos.length);
    this.blame(faults);
    if (Object.keys(faults).length) return;
    const at = new Date().toISOString();
    const about = this.service.value ? (this.service.selectedOptions[0]?.textContent ?? "") : "";
    try {
      await keep({
        id: newId(),
        at,
        state: "waiting",
        fields: [...fields, ["client_time", at]],
        // Copies of the bytes: a file of the camera may be gone by the time it is sent.
        photos: await Promise.all(photos.map(async (photo) => new Blob([await photo.arrayBuffer()], { type: photo.type }))),
        about,
        tries: 0,
        after: 0,
      });
    } catch {
      this.blame({ text: word(this.form, "full") });
      return;
    }
    if (this.mended) await forget(this.mended.id);
    localStorage.removeItem(DRAFT);
    localStorage.setItem("vox-outbox", "1");
    void askForSync();
    location.assign(this.form.dataset.outboxUrl ?? "/outbox");
  }
}

const form = document.querySelector<HTMLFormElement>("form[data-quick]");
if (form) new QuickReport(form);
