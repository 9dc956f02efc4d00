/** Keeps the pages that work without a network, and sends what waits when the network is back. Keeps nothing private. */

import { drain, TAG } from "./_outbox";

interface Kept {
  version: string;
  language: string;
  pages: string[];
  files: string[];
  data: string[];
}

/** What of a service worker this file uses; the page's own types do not know it. */
interface Lasting extends Event {
  waitUntil(work: Promise<unknown>): void;
}

interface Fetching extends Lasting {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}

interface Syncing extends Lasting {
  readonly tag: string;
}

interface Worker_ {
  readonly VOX: Kept;
  readonly clients: { claim(): Promise<void>; matchAll(): Promise<{ postMessage(message: unknown): void }[]> };
  skipWaiting(): Promise<void>;
  addEventListener(kind: "install" | "activate", act: (event: Lasting) => void): void;
  addEventListener(kind: "fetch", act: (event: Fetching) => void): void;
  addEventListener(kind: "sync", act: (event: Syncing) => void): void;
}

const worker = self as unknown as Worker_;
const PREFIX = "vox-shell-";
const SHELL = `${PREFIX}${worker.VOX.version}`;
const READ = "vox-read";
const MOST_READ = 40;
const CHANGED = "vox:outbox";
const [OFFLINE = "/offline", QUICK = "/report/quick"] = worker.VOX.pages;
/** Kept by their path: the address names a version too. */
const DATA = worker.VOX.data.map((address) => new URL(address, location.href).pathname);

/** As anybody would get it: without cookies, in the reader's language. */
async function fetched(path: string): Promise<Response> {
  const address = new URL(path, location.href);
  address.searchParams.set("lang", worker.VOX.language);
  const answer = await fetch(address, { cache: "reload", credentials: "omit" });
  if (!answer.ok) throw new Error(`${answer.status} ${path}`);
  return answer;
}

async function install(): Promise<void> {
  const cache = await caches.open(SHELL);
  await cache.addAll(worker.VOX.files.map((url) => new Request(url, { credentials: "omit" })));
  await Promise.all(
    [...worker.VOX.pages, ...worker.VOX.data].map(async (path) => {
      const answer = await fetched(path);
      await cache.put(new URL(path, location.href).pathname, answer);
    }),
  );
  await worker.skipWaiting();
}

async function activate(): Promise<void> {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(PREFIX) && name !== SHELL);
  await Promise.all(old.map((name) => caches.delete(name)));
  await worker.clients.claim();
}

/** Pages that are the same for everybody can be read again without a network; the oldest make room. */
async function remember(request: Request, answer: Response): Promise<void> {
  if (!answer.ok || answer.redirected || !/\bpublic\b/.test(answer.headers.get("Cache-Control") ?? "")) return;
  const cache = await caches.open(READ);
  await cache.delete(request);
  await cache.put(request, answer);
  const kept = await cache.keys();
  await Promise.all(kept.slice(0, Math.max(0, kept.length - MOST_READ)).map((old) => cache.delete(old)));
}

async function page(event: Fetching): Promise<Response> {
  const { request } = event;
  try {
    const answer = await fetch(request);
    event.waitUntil(remember(request, answer.clone()));
    return answer;
  } catch {
    const { pathname } = new URL(request.url);
    const shell = await caches.open(SHELL);
    const wanted = pathname === "/report" || pathname.startsWith("/report/") ? QUICK : pathname;
    const read = await caches.open(READ);
    const kept = (await shell.match(wanted)) ?? (await read.match(request)) ?? (await shell.match(OFFLINE));
    return kept ?? Response.error();
  }
}

async function file(request: Request): Promise<Response> {
  return (await caches.match(request)) ?? fetch(request);
}

async function data(request: Request, path: string): Promise<Response> {
  try {
    return await fetch(request);
  } catch {
    return (await (await caches.open(SHELL)).match(path)) ?? Response.error();
  }
}

/** Sends what waits; failing tells the browser to wake us again. */
async function sync(): Promise<void> {
  const again = await drain();
  for (const client of await worker.clients.matchAll()) client.postMessage(CHANGED);
  if (again !== undefined) throw new Error("later");
}

worker.addEventListener("install", (event) => event.waitUntil(install()));
worker.addEventListener("activate", (event) => event.waitUntil(activate()));
worker.addEventListener("sync", (event) => {
  if (event.tag === TAG) event.waitUntil(sync());
});
worker.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const { origin, pathname } = new URL(request.url);
  if (origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(event));
  else if (worker.VOX.files.includes(pathname)) event.respondWith(file(request));
  else if (DATA.includes(pathname)) event.respondWith(data(request, pathname));
});
