/// <reference no-default-lib="true"/>
/// <reference lib="esnext" />
/// <reference lib="webworker" />
/// <reference types="@sveltejs/kit" />
import { build, files, version } from '$service-worker';

/**
 * Serves the shell without a network. Everything of one version is cached together; a new version waits until the
 * person takes it, so that a call never loses its code. What is of the relay (`/api`, sockets) is never cached.
 */
const worker = self as unknown as ServiceWorkerGlobalScope;
const cacheName = `shell-${version}`;
const shell = '/index.html';
/** Versions kept beside the newest, for tabs that are still open on them. */
const keptVersions = 2;

worker.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(cacheName)
      .then((cache) =>
        cache.addAll([shell, ...build, ...files].map((path) => new Request(path, { cache: 'reload' }))),
      ),
  );
});

worker.addEventListener('activate', (event) => {
  event.waitUntil(
    (async () => {
      const names = (await caches.keys()).filter((name) => name.startsWith('shell-') && name !== cacheName);
      await Promise.all(
        names.slice(0, Math.max(0, names.length - keptVersions + 1)).map((name) => caches.delete(name)),
      );
      await worker.clients.claim();
    })(),
  );
});

worker.addEventListener('message', (event) => {
  if ((event.data as { type?: unknown } | null)?.type === 'skip-waiting') void worker.skipWaiting();
});

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== worker.location.origin) return;
  if (/^\/(api|sockets|healthz|metrics)(\/|$)/.test(url.pathname)) return;
  event.respondWith(request.mode === 'navigate' ? fromCache(shell, request) : fromCache(request, request));
});

async function fromCache(key: RequestInfo, request: Request): Promise<Response> {
  const own = await caches.open(cacheName);
  return (await own.match(key)) ?? (await caches.match(key)) ?? fetch(request);
}
