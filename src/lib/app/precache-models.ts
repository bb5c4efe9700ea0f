import { detectorFiles, modelAddress, trackerFile } from '#domain/vision/model-files.ts';

/** Where this installation serves its models. */
export const modelsFolder = '/models/';

/** `skipped`: not over this connection, or not enough room. `failed`: without a service worker, or broken off. */
export type PrecacheOutcome = 'done' | 'skipped' | 'failed';

/** What a browser may tell of its connection; not all do. */
interface ConnectionFacts {
  readonly saveData?: boolean;
  readonly type?: string;
  readonly effectiveType?: string;
}

/** The models' 19 MB must not crowd out pictures that wait for their upload. */
const roomNeededBytes = 200_000_000;
const idleWithinMs = 10_000;

let running: Promise<PrecacheOutcome> | undefined;

/**
 * Keeps all models and what runs them on this device, so that they work without a network later on. Does so once in a
 * page's life, when it has nothing else to do, one file at a time, and never over a metered or weak connection.
 */
export function precacheModels(): Promise<PrecacheOutcome> {
  running ??= precache();
  return running;
}

async function precache(): Promise<PrecacheOutcome> {
  await idle();
  if (!isGoodConnection() || !(await hasRoom())) return 'skipped';
  if (!('serviceWorker' in navigator)) return 'failed';
  const { active } = await navigator.serviceWorker.ready;
  if (!active) return 'failed';
  const urls = [trackerFile, ...detectorFiles].map((name) => `${modelsFolder}${modelAddress(name)}`);
  const { port1, port2 } = new MessageChannel();
  const answer = new Promise<PrecacheOutcome>((resolve) => {
    port1.onmessage = ({ data }: MessageEvent<unknown>) => resolve(data === true ? 'done' : 'failed');
  });
  active.postMessage({ type: 'precache-models', urls }, [port2]);
  return answer;
}

function idle(): Promise<void> {
  return new Promise((resolve) => {
    // Safari has none; there the page's start is over by then.
    if (typeof requestIdleCallback === 'function')
      requestIdleCallback(() => resolve(), { timeout: idleWithinMs });
    else setTimeout(resolve, idleWithinMs);
  });
}

function isGoodConnection(): boolean {
  const { connection } = navigator as { readonly connection?: ConnectionFacts };
  if (!connection) return true;
  const { saveData = false, type, effectiveType = '4g' } = connection;
  return !saveData && type !== 'cellular' && effectiveType === '4g';
}

async function hasRoom(): Promise<boolean> {
  const { quota, usage = 0 } = (await navigator.storage?.estimate()) ?? {};
  return quota === undefined || quota - usage >= roomNeededBytes;
}
