/** What was written on this phone and has not arrived yet: kept in the browser, sent in order, exactly once. */

import { type DBSchema, type IDBPDatabase, openDB } from "idb";

export type State = "waiting" | "sent" | "refused";

/** One report on its way. Its id is the Idempotency-Key: however often it is sent, the city keeps it once. */
export interface Item {
  id: string;
  order: number;
  at: string;
  state: State;
  fields: [string, string][];
  photos: Blob[];
  /** What its writer reads while it waits: the service's name, if one was chosen. */
  about: string;
  tries: number;
  /** Not before this moment (ms), when the city asked to wait. */
  after: number;
  fault?: string | undefined;
  faults?: Record<string, string> | undefined;
  reference?: string | undefined;
  link?: string | undefined;
}

interface Kept extends DBSchema {
  outbox: { key: string; value: Item; indexes: { order: number } };
}

const LONGEST_ANSWER = 90_000;
const LONGEST_WAIT = 120_000;
export const TAG = "vox-outbox";

let opened: Promise<IDBPDatabase<Kept>> | undefined;

function database(): Promise<IDBPDatabase<Kept>> {
  opened ??= openDB<Kept>("vox-outbox", 1, {
    upgrade: (db) => {
      db.createObjectStore("outbox", { keyPath: "id" }).createIndex("order", "order");
    },
    terminated: () => {
      opened = undefined;
    },
  });
  return opened;
}

/** A random id, also where the page is not served over https. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Everything that is kept, oldest first. */
export async function items(): Promise<Item[]> {
  return (await database()).getAllFromIndex("outbox", "order");
}

/** One of them. */
export async function item(id: string): Promise<Item | undefined> {
  return (await database()).get("outbox", id);
}

/** Keeps an item; a new one goes to the end of the line. */
export async function keep(wanted: Omit<Item, "order"> & { order?: number }): Promise<void> {
  const db = await database();
  const work = db.transaction("outbox", "readwrite", { durability: "strict" });
  const last = await work.store.index("order").openCursor(null, "prev");
  const order = wanted.order ?? (last?.value.order ?? 0) + 1;
  await work.store.put({ ...wanted, order });
  await work.done;
}

/** Throws an item away. */
export async function forget(id: string): Promise<void> {
  await (await database()).delete("outbox", id);
}

type Outcome = "sent" | "refused" | "later";

interface Answer {
  id?: string;
  return_secret?: string;
  detail?: string;
  title?: string;
  errors?: { field: string; message: string }[];
}

function packed(wanted: Item): FormData {
  const body = new FormData();
  for (const [name, value] of wanted.fields) body.append(name, value);
  wanted.photos.forEach((photo, i) => body.append("photos", photo, `photo-${i + 1}.jpg`));
  return body;
}

/** A request without cookies: what is written offline belongs to this phone, by its private link. */
async function post(wanted: Item): Promise<Response> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), LONGEST_ANSWER);
  try {
    return await fetch("/api/v1/reports", {
      method: "POST",
      body: packed(wanted),
      credentials: "omit",
      headers: { Accept: "application/json", "Idempotency-Key": wanted.id },
      signal: limit.signal,
    });
  } finally {
    clearTimeout(timer);
  }
}

function pause(answer: Response | undefined, tries: number): number {
  const asked = Number(answer?.headers.get("Retry-After"));
  const own = Math.min(2_000 * 2 ** Math.min(tries, 6), LONGEST_WAIT);
  return Number.isFinite(asked) && asked > 0 ? Math.min(asked * 1000, 3_600_000) : own;
}

async function later(wanted: Item, answer?: Response): Promise<Outcome> {
  const tries = wanted.tries + 1;
  await keep({ ...wanted, tries, after: Date.now() + pause(answer, tries) });
  return "later";
}

async function send(wanted: Item): Promise<Outcome> {
  let answer: Response;
  let told: Answer;
  try {
    answer = await post(wanted);
    told = (await answer.json()) as Answer;
  } catch {
    return later(wanted);
  }
  if (answer.status === 201) {
    const link = told.return_secret ? `/r/${told.return_secret}` : undefined;
    await keep({ ...wanted, state: "sent", photos: [], reference: told.id, link, fault: undefined, faults: undefined });
    return "sent";
  }
  const passing = answer.status >= 500 || [408, 409, 425, 429].includes(answer.status);
  if (passing || answer.status < 400) return later(wanted, answer);
  const faults = Object.fromEntries((told.errors ?? []).map((fault) => [fault.field, fault.message]));
  await keep({ ...wanted, state: "refused", fault: told.detail ?? told.title ?? `${answer.status}`, faults });
  return "refused";
}

/**
 * Sends what waits, one after another; a failing network or an asked-for pause ends the run, so that the order stays.
 * Answers when the next try makes sense (ms from now), or nothing when all is done or another tab is at it.
 */
export async function drain(changed: () => void = () => undefined, now = false): Promise<number | undefined> {
  let patient = !now;
  const run = async (): Promise<number | undefined> => {
    for (;;) {
      const next = (await items()).find(({ state }) => state === "waiting");
      if (!next) return undefined;
      if (patient && next.after > Date.now()) return next.after - Date.now();
      patient = true;
      const outcome = await send(next);
      changed();
      if (outcome === "later") return Math.max(500, ((await item(next.id))?.after ?? 0) - Date.now());
    }
  };
  if (!navigator.locks) return run();
  return navigator.locks.request(TAG, { ifAvailable: true }, (lock) => (lock ? run() : Promise.resolve(5_000)));
}

/** Lets the browser wake the worker when the network is back, where it knows how. */
export async function askForSync(): Promise<void> {
  try {
    const ready = await navigator.serviceWorker.ready;
    const { sync } = ready as ServiceWorkerRegistration & { sync?: { register(tag: string): Promise<void> } };
    await sync?.register(TAG);
  } catch {
    // Without it the next visit sends.
  }
}
