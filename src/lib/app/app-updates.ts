import type { Workbox } from 'workbox-window';
import { Emitter } from '#domain/emitter.ts';
import type { AppUpdates } from '../ui/screens/app-parts.ts';

/** Tabs stay open for weeks: looked for when somebody comes back to one, this often at most. */
const lookEveryMs = 60 * 60_000;

// Private windows of some browsers keep nothing, and without a link nothing is fetched: the app works as it is.
const refused = (): void => undefined;

/** Keeps the app on the device, and tells when a newer version is kept. Without service workers there is none. */
export class WorkboxUpdates implements AppUpdates {
  readonly #changed = new Emitter<[waits: boolean]>();
  #waits = false;
  #worker: Workbox | undefined;
  #lookedMs = performance.now();

  watch(listener: (waits: boolean) => void): () => void {
    if (this.#waits) listener(true);
    return this.#changed.on(listener);
  }

  start(): void {
    if (!('serviceWorker' in navigator)) return;
    this.#register().catch(refused);
    document.addEventListener('visibilitychange', () => this.#look());
  }

  take(mayReload: () => boolean): void {
    this.#worker?.addEventListener('controlling', () => {
      if (mayReload()) location.reload();
    });
    this.#worker?.messageSkipWaiting();
  }

  async #register(): Promise<void> {
    const { Workbox: Loaded } = await import('workbox-window');
    const worker = new Loaded('/service-worker.js', { type: 'module' });
    this.#worker = worker;
    worker.addEventListener('waiting', () => this.#tell(true));
    // Another tab has taken it: this one goes on as it is.
    worker.addEventListener('controlling', () => this.#tell(false));
    const registration = await worker.register({ immediate: true });
    // What another tab has found, and is just being kept, is told to nobody who comes meanwhile.
    registration?.installing?.addEventListener('statechange', () => {
      if (registration.waiting && navigator.serviceWorker.controller) this.#tell(true);
    });
    // The worker's claim passes over a page that was just being opened: without it the app would be gone without a link.
    const { active } = await navigator.serviceWorker.ready;
    if (!navigator.serviceWorker.controller) active?.postMessage({ type: 'claim' });
  }

  #tell(waits: boolean): void {
    this.#waits = waits;
    this.#changed.emit(waits);
  }

  #look(): void {
    if (document.hidden || performance.now() - this.#lookedMs < lookEveryMs) return;
    this.#lookedMs = performance.now();
    void this.#worker?.update().catch(refused);
  }
}
