/** What the citizen's pages gain: conditional questions, near me, the photo's place, copy, share, print. */

import { readTaken } from "@pages/_exif";
import { all, announce, word } from "@pages/_dom";
import { conditions } from "./_conditions";

/** Puts the device's own position into the field "near" and asks for the list. */
function nearMe(box: HTMLElement): void {
  const button = box.querySelector<HTMLButtonElement>("[data-near-me]");
  const field = box.querySelector<HTMLInputElement>("input");
  const status = box.querySelector<HTMLElement>("[data-near-status]");
  if (!button || !field || !status) return;
  button.addEventListener("click", () => {
    button.setAttribute("aria-busy", "true");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        button.removeAttribute("aria-busy");
        field.value = `${coords.longitude.toFixed(5)},${coords.latitude.toFixed(5)}`;
        field.form?.requestSubmit();
      },
      () => {
        button.removeAttribute("aria-busy");
        status.textContent = word(field, "lost");
      },
      { timeout: 12_000, maximumAge: 60_000 },
    );
  });
}

/** A photo that says where it was taken offers that place; only what is offered and taken travels. */
function photoPlace(box: HTMLElement): void {
  const input = box.querySelector<HTMLInputElement>('input[type="file"]');
  const offer = box.querySelector<HTMLElement>("[data-photo-offer]");
  const tick = offer?.querySelector<HTMLInputElement>("input");
  const fields = ["photo_lon", "photo_lat"].map((name) => box.querySelector<HTMLInputElement>(`[name=${name}]`));
  if (!input || !offer || !tick) return;
  const settle = (): void => fields.forEach((field) => field && (field.disabled = !tick.checked));
  // Before the photos are made small, which takes their notes away.
  input.addEventListener("change", () => {
    for (const file of Array.from(input.files ?? [])) {
      void readTaken(file).then(({ lon, lat }) => {
        if (lon === undefined || lat === undefined) return;
        [lon, lat].forEach((value, i) => fields[i] && (fields[i].value = value.toFixed(6)));
        offer.hidden = false;
        tick.checked = true;
        settle();
      });
    }
  });
  tick.addEventListener("change", settle);
}

async function copy(text: string, button: HTMLElement): Promise<void> {
  await navigator.clipboard.writeText(text);
  const label = button.querySelector("span");
  if (label) label.textContent = word(button, "copied");
  announce(word(button, "copied"));
}

function buttons(): void {
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-copy], [data-share], [data-print]");
    if (!button) return;
    if (button.hasAttribute("data-print")) window.print();
    if (button.dataset.copy) {
      const field = document.getElementById(button.dataset.copy) as HTMLInputElement | null;
      if (!field) return;
      copy(field.value, button).catch(() => field.select());
    }
    if (button.hasAttribute("data-share")) void share(button);
  });
  for (const field of all<HTMLInputElement>("[data-select-all]")) field.addEventListener("focus", () => field.select());
}

async function share(button: HTMLElement): Promise<void> {
  const what = { title: document.title, url: location.origin + location.pathname };
  try {
    if (navigator.share) await navigator.share(what);
    else await copy(what.url, button);
  } catch {
    // Whoever closes the sheet has shared nothing, and nothing is wrong.
  }
}

conditions();
// Most phones have nothing in their outbox, and load nothing for it.
if (localStorage.getItem("vox-outbox") || location.pathname === "/outbox") void import("./_sending");
buttons();
all("[data-near]").forEach(nearMe);
all("[data-photo-place]").forEach(photoPlace);
if ("serviceWorker" in navigator && window.isSecureContext) {
  window.addEventListener("load", () => void navigator.serviceWorker.register("/sw.js").catch(() => undefined));
}
