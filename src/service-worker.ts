/// <reference no-default-lib="true"/>
/// <reference lib="esnext" />
/// <reference lib="webworker" />
/// <reference types="@sveltejs/kit" />
import { build, files, version } from '$service-worker';
import { PrecacheController } from 'workbox-precaching';

/**
 * Serves the shell without a network. A new version fetches what changed, and waits until the person takes it; tabs that
 * are still open on an older one, perhaps in a call, find their code. What is of the relay (`/api`, sockets) is never
 * cached.
 *
 * Models, and the large code that runs the detector, are no part of the shell: they are kept once they were used or
 * asked for, in a cache that outlives versions, since each address there stands for one content.
 */
declare const __STATIC_REVISIONS__: Readonly<Record<string, string>>;
const worker = self as unknown as ServiceWorkerGlobalScope;
const shellCache = 'shell';
const modelsCache = 'models';
const shell = '/index.html';
/** What the newest versions consist of, newest first: lists of addresses. */
const versionsKey = '/versions-kept';
/** Versions kept beside the newest, for tabs that are still open on them. */
const keptVersions = 2;
const maxPrecachedUrls = 32;

const isLater = (path: string): boolean =>
  /\/(detector-worker|coco-engine|tfjs-backend-wasm|ort\.wasm\.bundle\.min|ort-wasm-simd-threaded)[-.][^/]*$/.test(
    path,
  );
const later = new Set(build.filter(isLater));

const precached = new PrecacheController({ cacheName: shellCache });
precached.addToCacheList([
  { url: shell, revision: version },
  // Their names change with what is in them.
  ...build.filter((path) => !later.has(path)).map((url) => ({ url, revision: null })),
  ...files.map((url) => ({ url, revision: __STATIC_REVISIONS__[url] ?? version })),
]);

worker.addEventListener('install', (event) => void precached.install(event));

worker.addEventListener('activate', (event) => {
  event.waitUntil(
    (async () => {
      await dropOldVersions();
      await dropOldCode();
      await worker.clients.claim();
    })(),
  );
});

worker.addEventListener('message', (event) => {
  const { type, urls } = (event.data ?? {}) as { type?: unknown; urls?: unknown };
  // The word of workbox-window.
  if (type === 'SKIP_WAITING') void worker.skipWaiting();
  if (type === 'claim') event.waitUntil(worker.clients.claim());
  if (type === 'precache-models') {
    event.waitUntil(precache(urls).then((done) => event.ports[0]?.postMessage(done)));
  }
});

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== worker.location.origin) return;
  if (/^\/(api|sockets|healthz|metrics)(\/|$)/.test(url.pathname)) return;
  if (isKeptForGood(url)) event.respondWith(fromModels(event, url));
  else event.respondWith(fromShell(request.mode === 'navigate' ? shell : url.href, request));
});

/** What an older version alone had is under its own address. */
async function fromShell(address: string, request: Request): Promise<Response> {
  const cache = await caches.open(shellCache);
  const kept = await cache.match(precached.getCacheKeyForURL(address) ?? address);
  return kept ?? (await caches.match(request)) ?? fetch(request);
}

async function dropOldVersions(): Promise<void> {
  const cache = await caches.open(shellCache);
  const own = [...precached.getURLsToCacheKeys().values()];
  const before: unknown = await (await cache.match(versionsKey))?.json();
  const others = Array.isArray(before) ? before.filter((list) => String(list) !== String(own)) : [];
  const lists = [own, ...others].slice(0, keptVersions + 1);
  await cache.put(versionsKey, Response.json(lists));
  const kept = new Set<unknown>([...lists.flat(), new URL(versionsKey, worker.location.origin).href]);
  for (const request of await cache.keys()) if (!kept.has(request.url)) await cache.delete(request);
  // Versions from before this cache had one for each of them.
  if (others.length === 0) return;
  for (const name of await caches.keys()) if (name.startsWith('shell-')) await caches.delete(name);
}

function isKeptForGood({ pathname }: URL): boolean {
  return pathname.startsWith('/models/') || (pathname.startsWith('/_app/immutable/') && isLater(pathname));
}

/** Whoever found the kept one damaged asks with `cache: 'reload'`. */
async function fromModels(event: FetchEvent, url: URL): Promise<Response> {
  const { request } = event;
  const cache = await caches.open(modelsCache);
  const kept = request.cache === 'reload' ? undefined : await cache.match(url.href);
  if (kept) return kept;
  const response = await fetch(request);
  if (response.ok) event.waitUntil(keep(cache, url, response.clone()));
  return response;
}

/** Replaces what stood for the same file before. A device without room does without. */
async function keep(cache: Cache, url: URL, response: Response): Promise<boolean> {
  try {
    await cache.put(url.href, response);
  } catch (error) {
    // No room, or the body broke off.
    if (error instanceof DOMException || error instanceof TypeError) return false;
    throw error;
  }
  for (const other of await cache.keys(url.pathname, { ignoreSearch: true }))
    if (other.url !== url.href) await cache.delete(other);
  return true;
}

/** One after the other, so that a broken connection leaves whole files. False: not all are there now. */
async function precache(urls: unknown): Promise<boolean> {
  const wanted = [...later, ...(Array.isArray(urls) ? urls.slice(0, maxPrecachedUrls) : [])]
    .filter((url) => typeof url === 'string' && URL.canParse(url, worker.location.origin))
    .map((url) => new URL(url, worker.location.origin))
    .filter((url) => url.origin === worker.location.origin && isKeptForGood(url));
  const cache = await caches.open(modelsCache);
  for (const url of wanted) {
    if (await cache.match(url.href)) continue;
    const response = await fetch(url).catch(() => undefined);
    if (!response?.ok || !(await keep(cache, url, response))) return false;
  }
  return true;
}

/** Code for the detector that belongs to no version any more. */
async function dropOldCode(): Promise<void> {
  const cache = await caches.open(modelsCache);
  for (const { url } of await cache.keys()) {
    const { pathname } = new URL(url);
    if (pathname.startsWith('/_app/') && !later.has(pathname)) await cache.delete(url);
  }
}
