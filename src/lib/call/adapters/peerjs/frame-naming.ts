import type { SentFrame } from '../../call-transport.ts';
import type { NamingReply } from './naming-reply.ts';

interface Naming {
  readonly sender: RTCRtpSender;
  readonly listener: (frames: readonly SentFrame[]) => void;
}

/** No link waits longer than this for the worker; without it the link's frames have no names. */
const longestWaitMs = 500;
const lookEveryMs = 500;
/** A worker that has told nothing for this long is asked, and given up when it then says nothing for as long again. */
const silentMs = 1_500;

/**
 * Hears the names of encoded frames from one worker for the whole page. Frames go through the worker, so it may never
 * be what stops them: no sender is given to a worker that does not run yet, and one that has died is replaced. (To take
 * the transform away is no way out: in Chromium the sender then sends nothing at all. An exception in it does no harm.)
 */
class FrameNaming {
  #worker: Worker | undefined;
  #starting: Promise<void> | undefined;
  readonly #links = new Map<number, Naming>();
  #lastLink = 0;
  #look: ReturnType<typeof setInterval> | undefined;
  #heardAtMs = 0;
  #askedAtMs: number | undefined;

  /** Starts the worker; resolves when it runs, or when there will be none, or after half a second. */
  warm(): Promise<void> {
    if (this.#worker) return Promise.resolve();
    this.#starting ??= this.#start();
    return this.#starting;
  }

  /**
   * Tells of every frame that leaves this sender from now on, until the returned function is called. Only in the tick
   * in which the sender is made. Undefined where frames cannot be named: the call goes on without.
   */
  name(sender: RTCRtpSender, listener: Naming['listener']): (() => void) | undefined {
    if (!this.#worker) return undefined;
    const link = (this.#lastLink += 1);
    if (!attach(sender, this.#worker, link)) return undefined;
    this.#links.set(link, { sender, listener });
    this.#heardAtMs = performance.now();
    this.#look ??= setInterval(() => this.#lookAfter(), lookEveryMs);
    return () => {
      this.#links.delete(link);
      if (this.#links.size > 0) return;
      clearInterval(this.#look);
      this.#look = undefined;
    };
  }

  #start(): Promise<void> {
    if (typeof RTCRtpScriptTransform === 'undefined') return Promise.resolve();
    return new Promise((resolve) => {
      setTimeout(resolve, longestWaitMs);
      let worker: Worker;
      try {
        worker = new Worker(new URL('./frame-names-worker.ts', import.meta.url), { type: 'module' });
      } catch {
        // Refused here, and so it will be the next time.
        resolve();
        return;
      }
      worker.addEventListener('message', ({ data }: MessageEvent<NamingReply>) => {
        this.#heardAtMs = performance.now();
        this.#askedAtMs = undefined;
        if (data === 'ready') {
          this.#use(worker);
          resolve();
        } else if (data !== 'here') this.#links.get(data.link)?.listener(data.frames);
      });
      worker.addEventListener('error', () => {
        if (this.#worker === worker) return;
        // It did not even start: the network, perhaps. The next warming tries again.
        worker.terminate();
        this.#starting = undefined;
        resolve();
      });
    });
  }

  #use(worker: Worker): void {
    const old = this.#worker;
    this.#worker = worker;
    this.#starting = undefined;
    for (const [link, { sender }] of this.#links) attach(sender, worker, link);
    old?.terminate();
  }

  #lookAfter(): void {
    const nowMs = performance.now();
    if (nowMs - this.#heardAtMs < silentMs) return;
    if (this.#askedAtMs === undefined) {
      this.#askedAtMs = nowMs;
      this.#worker?.postMessage('there?');
    } else if (nowMs - this.#askedAtMs >= silentMs) {
      this.#askedAtMs = undefined;
      this.#heardAtMs = nowMs;
      void this.#start();
    }
  }
}

function attach(sender: RTCRtpSender, worker: Worker, link: number): boolean {
  try {
    sender.transform = new RTCRtpScriptTransform(worker, { link });
    return true;
  } catch {
    // The connection is closed, or this browser does it in another way: nothing is named.
    return false;
  }
}

export const frameNaming = new FrameNaming();
