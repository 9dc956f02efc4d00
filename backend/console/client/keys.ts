/** The keys of the desk: each names what the server already put on the page; they can be switched off. */

import { all, announce, word } from "@pages/_dom";

const CHOICE = "vox-desk-keys";
const WRITING = "input, textarea, select, [contenteditable]";

function on(): boolean {
  return localStorage.getItem(CHOICE) !== "off";
}

/** Opens a form of the page and goes to its first field; a link or a button is followed. */
function act(target: HTMLElement): void {
  if (target instanceof HTMLDetailsElement) {
    target.open = true;
    target.scrollIntoView({ block: "nearest" });
    const fields = all<HTMLElement>(".act__body :is(input:not([type=hidden]), textarea, select, button)", target);
    (fields[0] ?? target.querySelector("summary"))?.focus();
    return;
  }
  if (target.matches(WRITING)) {
    const panel = target.closest("details");
    if (panel) panel.open = true;
    target.focus();
    return;
  }
  target.click();
}

function pressed(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
  const here = event.target as HTMLElement;
  if (event.key === "Escape" && here.matches(WRITING)) {
    here.blur();
    return;
  }
  if (!on() || here.matches(WRITING)) return;
  if (event.key === "?") {
    const help = document.querySelector<HTMLDetailsElement>("[data-keys]");
    if (!help) return;
    help.open = !help.open;
    help.querySelector("summary")?.focus();
    event.preventDefault();
    return;
  }
  const target = all(`[data-key="${CSS.escape(event.key)}"]`)[0];
  if (!target) return;
  event.preventDefault();
  act(target);
}

/** One button in the help switches all of them off, for those whose speech or hands type them by chance. */
function switches(): void {
  for (const button of all("[data-keys-switch]")) {
    const show = (): void => {
      button.textContent = word(button, on() ? "off" : "on");
      button.closest("[data-keys]")?.classList.toggle("keyhelp--off", !on());
    };
    show();
    button.addEventListener("click", () => {
      localStorage.setItem(CHOICE, on() ? "off" : "on");
      show();
      announce(button.textContent ?? "");
    });
  }
}

/** The open report is seen in its list; a list without one begins at its top. */
function showCurrent(): void {
  const list = document.querySelector<HTMLElement>(".desk__list");
  if (!list) return;
  const line = list.querySelector<HTMLElement>(".item--current");
  if (!line) {
    list.scrollTop = 0;
    return;
  }
  const [pane, box] = [list.getBoundingClientRect(), line.getBoundingClientRect()];
  if (box.top < pane.top || box.bottom > pane.bottom) {
    list.scrollTop += box.top - pane.top - pane.height / 3;
  }
}

document.addEventListener("keydown", pressed);
switches();
showCurrent();
