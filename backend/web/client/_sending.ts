/** Sending while a page is open: at once, when the network is back, and again after a pause. */

import { drain, items } from "./_outbox";

/** Told to the document when an item has moved on. */
export const CHANGED = "vox:outbox";
/** How many wait; read by every page before it loads any of this. */
export const MARK = "vox-outbox";

let timer: number | undefined;
let running = false;

const tell = (): void => {
  document.dispatchEvent(new CustomEvent(CHANGED));
};

/** Sends what waits, and comes back when the next try makes sense. */
export async function sendSoon(now = false): Promise<void> {
  if (running) return;
  running = true;
  window.clearTimeout(timer);
  try {
    const again = await drain(tell, now);
    if (again !== undefined) timer = window.setTimeout(() => void sendSoon(), Math.min(again, 120_000));
  } finally {
    running = false;
    const open = (await items()).filter(({ state }) => state !== "sent").length;
    if (open) localStorage.setItem(MARK, String(open));
    else localStorage.removeItem(MARK);
    tell();
  }
}

window.addEventListener("online", () => void sendSoon(true));
navigator.serviceWorker?.addEventListener("message", (event) => {
  if (event.data === CHANGED) void sendSoon();
});
void sendSoon();
