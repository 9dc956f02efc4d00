/** What every page gains when scripts run; each part looks for its own mark and does nothing without it. */

import { all, announce, calm, language, make } from "./_dom";

document.documentElement.classList.add("js");

/** Brings the reader to what must be mended, and each link to its field. */
function errorSummary(): void {
  const summary = document.querySelector<HTMLElement>("[data-error-summary]");
  if (!summary) return;
  summary.focus();
  summary.addEventListener("click", (event) => {
    const link = (event.target as Element).closest<HTMLAnchorElement>('a[href^="#"]');
    const field = link && document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    (field.closest(".field") ?? field).scrollIntoView({ block: "start" });
    field.focus({ preventScroll: true });
  });
}

/** Counts the characters left in a text box; speaks only when the writer pauses. */
function characterCount(box: HTMLElement): void {
  const area = box.querySelector("textarea");
  const shown = box.querySelector<HTMLElement>(".count");
  if (!area || !shown) return;
  const most = Number(box.dataset.count);
  const speak = calm(1200, () => announce(shown.textContent ?? ""));
  const update = (): void => {
    const left = most - Array.from(area.value).length;
    const words = (left < 0 ? box.dataset.countOver : box.dataset.countLeft) ?? "{n}";
    shown.textContent = words.replace("{n}", new Intl.NumberFormat(language).format(Math.abs(left)));
    shown.classList.toggle("count--over", left < 0);
  };
  update();
  area.addEventListener("input", () => {
    update();
    speak();
  });
}

/** Asks before an act that cannot be taken back, in the page's own words. */
function confirmations(): void {
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLButtonElement>("button[data-confirm]");
    if (!button || button.dataset.confirmed) return;
    if (!window.confirm(button.dataset.confirm)) event.preventDefault();
  });
}

/** A form is sent once, however often the button is pressed on a slow network. */
function singleSubmit(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (event.defaultPrevented || form.method === "get") return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    event.submitter?.setAttribute("aria-busy", "true");
    // Coming back by the browser's arrow must not find a dead form.
    window.setTimeout(() => release(form), 10_000);
  });
  window.addEventListener("pageshow", () => all<HTMLFormElement>("form[data-sent]").forEach(release));
}

function release(form: HTMLFormElement): void {
  delete form.dataset.sent;
  all("[aria-busy]", form).forEach((button) => button.removeAttribute("aria-busy"));
}

/** Filters act at once: the results are fetched and put in place, focus stays where it is. */
function autosubmit(form: HTMLFormElement): void {
  let asked: AbortController | undefined;
  const load = async (): Promise<void> => {
    const place = document.querySelector("[data-results]");
    if (!place) return;
    const url = new URL(form.action, location.href);
    for (const [name, value] of new FormData(form)) {
      if (value !== "" && typeof value === "string") url.searchParams.append(name, value);
    }
    asked?.abort();
    asked = new AbortController();
    place.setAttribute("aria-busy", "true");
    try {
      const response = await fetch(url, { signal: asked.signal, headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const fresh = page.querySelector("[data-results]");
      if (!response.ok || !fresh) throw new Error("no results");
      place.replaceWith(fresh);
      history.replaceState(null, "", url);
      announce(fresh.querySelector("[data-results-count]")?.textContent ?? "");
      start(fresh);
      document.dispatchEvent(new CustomEvent("vox:results", { detail: fresh }));
    } catch (error) {
      if ((error as Error).name !== "AbortError") form.submit();
    }
  };
  const soon = calm(350, () => void load());
  form.addEventListener("change", soon);
  form.addEventListener("input", (event) => {
    if ((event.target as HTMLElement).matches('[type="search"], [type="text"]')) soon();
  });
}

/** Menus close when the reader goes elsewhere or presses Escape. */
function menus(): void {
  document.addEventListener("click", (event) => {
    for (const menu of all<HTMLDetailsElement>("details[data-menu][open]")) {
      if (!menu.contains(event.target as Node)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of all<HTMLDetailsElement>("details[data-menu][open]")) {
      menu.open = false;
      menu.querySelector("summary")?.focus();
    }
  });
}

/** Light or dark at once, remembered in the same cookie that the server reads. */
function themeChoice(): void {
  const links = all<HTMLAnchorElement>("a[data-theme-choice]");
  for (const link of links) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      const choice = link.dataset.themeChoice ?? "auto";
      const secure = location.protocol === "https:" ? "; secure" : "";
      document.cookie = `vox_theme=${choice}; path=/; max-age=31536000; samesite=lax${secure}`;
      if (choice === "auto") delete document.documentElement.dataset.theme;
      else document.documentElement.dataset.theme = choice;
      for (const other of links) other.removeAttribute("aria-current");
      link.setAttribute("aria-current", "true");
      announce(link.textContent?.trim() ?? "");
      document.dispatchEvent(new CustomEvent("vox:theme"));
    });
  }
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** "3 minutes ago" stays true while the page is open; a reader abroad is told their own time too. */
function times(root: ParentNode): void {
  const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  for (const element of all<HTMLTimeElement>("time[data-relative]", root)) {
    const seconds = (Date.parse(element.dateTime) - Date.now()) / 1000;
    const step = STEPS.find(([, size]) => Math.abs(seconds) >= size);
    if (!step || Math.abs(seconds) > 30 * 86_400) continue;
    element.textContent = relative.format(Math.round(seconds / step[1]), step[0]);
  }
}

/** The question that belongs to a choice shows while it is chosen. */
function reveals(root: ParentNode): void {
  for (const more of all("[data-shown-by]", root)) {
    const input = document.getElementById(more.dataset.shownBy ?? "") as HTMLInputElement | null;
    if (!input) continue;
    const update = (): void => {
      more.hidden = !input.checked;
    };
    update();
    (input.closest("fieldset") ?? input).addEventListener("change", update);
  }
}

/** A list keeps its place while one goes through its things. */
function keepScroll(): void {
  for (const pane of all("[data-keep-scroll]")) {
    const key = `scroll:${pane.dataset.keepScroll}:${location.pathname.split("/").slice(0, 3).join("/")}`;
    pane.scrollTop = Number(sessionStorage.getItem(key) ?? 0);
    window.addEventListener("pagehide", () => sessionStorage.setItem(key, String(pane.scrollTop)));
  }
}

/** Loads a larger module only when what it serves comes near the screen. */
function island(selector: string, load: () => Promise<{ start(element: HTMLElement): void }>, root: ParentNode): void {
  const elements = all(`${selector}:not([data-started])`, root);
  if (!elements.length) return;
  const begin = (element: HTMLElement): void => {
    element.dataset.started = "";
    load()
      .then((module) => module.start(element))
      .catch(() => {
        const words = element.dataset.wordsFailed;
        if (words) element.append(make("p", { class: "mapbox__failed", role: "status" }, words));
      });
  };
  const watch = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        watch.unobserve(entry.target);
        begin(entry.target as HTMLElement);
      }
    },
    { rootMargin: "300px" },
  );
  elements.forEach((element) => watch.observe(element));
}

/** Enhances what has newly come onto the page. */
export function start(root: ParentNode): void {
  all("[data-count]", root).forEach(characterCount);
  all<HTMLFormElement>("form[data-autosubmit]", root).forEach(autosubmit);
  reveals(root);
  times(root);
  island("[data-map]", () => import("./map"), root);
  island("[data-pin]", () => import("./pin"), root);
  island("[data-photos]", () => import("./photos"), root);
}

errorSummary();
confirmations();
singleSubmit();
menus();
themeChoice();
keepScroll();
start(document);
window.setInterval(() => times(document), 60_000);
for (const panel of all<HTMLDetailsElement>("details[data-open-wide]")) {
  if (window.matchMedia("(min-width: 60em)").matches) panel.open = true;
}
document.querySelector("[data-reload]")?.addEventListener("click", (event) => {
  event.preventDefault();
  location.reload();
});
