/** The outbox: what waits, what has arrived, what the city could not take, and what to do about it. */

import { all, announce, language, make, word } from "@pages/_dom";
import { forget, type Item, items } from "./_outbox";
import { CHANGED, sendSoon } from "./_sending";

const HUES = { waiting: "waiting", sent: "done", refused: "new" } as const;
const LONGEST_TITLE = 90;

class Outbox {
  private readonly list: HTMLElement;
  private said = "";

  constructor(private readonly box: HTMLElement) {
    this.list = box.querySelector("[data-outbox-list]") as HTMLElement;
    box.querySelector("[data-outbox-send]")?.addEventListener("click", () => void sendSoon(true));
    document.addEventListener(CHANGED, () => void this.show());
    window.addEventListener("offline", () => void this.show());
    void this.show();
  }

  private async show(): Promise<void> {
    const all_ = await items();
    const focused = document.activeElement?.closest<HTMLElement>("[data-item]")?.dataset.item;
    this.list.replaceChildren(...all_.reverse().map((one) => this.line(one)));
    if (focused) this.list.querySelector<HTMLElement>(`[data-item="${focused}"] a, [data-item="${focused}"] button`)?.focus();
    const empty = this.box.querySelector<HTMLElement>("[data-outbox-empty]");
    if (empty) empty.hidden = all_.length > 0;
    this.list.hidden = all_.length === 0;
    this.count(all_);
  }

  private count(all_: Item[]): void {
    const open = all_.filter(({ state }) => state !== "sent").length;
    const place = this.box.querySelector<HTMLElement>("[data-outbox-count]");
    const text = all_.length ? (open ? word(this.box, "count", open) : word(this.box, "none")) : "";
    if (place && text !== this.said) place.textContent = text;
    this.said = text;
  }

  private state(one: Item): string {
    if (one.state === "refused") return [word(this.box, "refused"), one.fault].filter(Boolean).join(": ");
    if (one.state === "sent") return word(this.box, "sent");
    if (!navigator.onLine) return word(this.box, "offline");
    return word(this.box, one.tries ? "later" : "waiting");
  }

  private line(one: Item): HTMLElement {
    const text = one.fields.find(([name]) => name === "text")?.[1] ?? "";
    const title = text.length > LONGEST_TITLE ? `${text.slice(0, LONGEST_TITLE).replace(/\s+\S*$/, "")}…` : text;
    const facts = [
      new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(new Date(one.at)),
      one.about,
      one.photos.length ? word(this.box, "photos", one.photos.length) : "",
      one.reference ? word(this.box, "reference", spoken(one.reference)) : "",
    ].filter(Boolean);
    const content = make(
      "div",
      { class: "item__content" },
      make("h2", { class: "item__title", dir: "auto" }, title),
      make("p", { class: `status status--${HUES[one.state]}` }, this.state(one)),
      make("p", { class: "item__meta small muted" }, facts.join(" · ")),
      ...Object.values(one.faults ?? {}).map((fault) => make("p", { class: "field__error" }, fault)),
    );
    content.append(this.acts(one));
    return make("li", { class: "item", "data-item": one.id, "data-state": one.state }, content);
  }

  private acts(one: Item): HTMLElement {
    const row = make("p", { class: "buttons outbox__acts" });
    if (one.state === "sent" && one.link) {
      row.append(make("a", { href: one.link, class: "button button--secondary button--small" }, word(this.box, "see")));
    }
    if (one.state === "refused") {
      const href = `${this.box.dataset.quickUrl ?? ""}#mend=${one.id}`;
      row.append(make("a", { href, class: "button button--secondary button--small" }, word(this.box, "mend")));
    }
    const drop = make("button", { type: "button", class: "linkbutton" }, word(this.box, one.state === "sent" ? "forget" : "drop"));
    drop.addEventListener("click", () => void this.drop(one));
    row.append(drop);
    return row;
  }

  private async drop(one: Item): Promise<void> {
    if (!window.confirm(word(this.box, one.state === "sent" ? "forgetting" : "sure"))) return;
    await forget(one.id);
    await this.show();
    const next = all<HTMLElement>("[data-item] button", this.list)[0] ?? this.box.querySelector<HTMLElement>("a.button");
    next?.focus();
    announce(this.said);
  }
}

function spoken(id: string): string {
  return id.match(/.{1,4}/g)?.join("-") ?? id;
}

const box = document.querySelector<HTMLElement>("[data-outbox]");
if (box) new Outbox(box);
