import type { SentFrame } from '../../call-transport.ts';

/** What the worker tells of one link. */
export interface NamedFrames {
  readonly link: number;
  readonly frames: readonly SentFrame[];
}

interface Naming {
  readonly sender: RTCRtpSender;
  readonly listener: (frames: readonly SentFrame[]) => void;
}

/** No link waits longer than this for the worker; without it the link's frames have no names. */
const longestWaitMs = 500;

/**
 * Hears the names of encoded frames from one worker for the whole page. A sender is never given to a worker that does
 * not run: its frames would go nowhere. When the worker breaks later, the senders are taken from it.
 */
class FrameNaming {
  #worker: Worker | undefined;
  #ready = false;
  #starting: Promise<void> | undefined;
  readonly #links = new Map<number, Naming>();
  #lastLink = 0;

  /** Starts the worker; resolves when it runs, or when there will be none, or after half a second. */
  warm(): Promise<void> {
    this.#starting ??= this.#start();
    return this.#starting;
  }

  /**
   * Tells of every frame that leaves this sender from now on; in the tick in which the sender is made, or never.
   * False where frames cannot be named: the call goes on without.
   */
  name(sender: RTCRtpSender, listener: Naming['listener']): (() => void) | undefined {
    if (!this.#ready || !this.#worker) return undefined;
    const link = (this.#lastLink += 1);
    try {
      sender.transform = new RTCRtpScriptTransform(this.#worker, { link });
    } catch {
      // This browser's way is another one: nothing is named.
      return undefined;
    }
    this.#links.set(link, { sender, listener });
    return () => this.#links.delete(link);
  }

  #start(): Promise<void> {
    if (typeof RTCRtpScriptTransform === 'undefined') return Promise.resolve();
    return new Promise((resolve) => {
      setTimeout(resolve, longestWaitMs);
      try {
        this.#worker = new Worker(new URL('./frame-names-worker.ts', import.meta.url), { type: 'module' });
      } catch {
        resolve();
        return;
      }
      this.#worker.addEventListener('message', ({ data }: MessageEvent<NamedFrames | 'ready'>) => {
        if (data === 'ready') {
          this.#ready = true;
          resolve();
        } else this.#links.get(data.link)?.listener(data.frames);
      });
      this.#worker.addEventListener('error', () => {
        this.#giveUp();
        resolve();
      });
    });
  }

  /** Frames go past the worker from now on. The next warming tries again: it may have been the network. */
  #giveUp(): void {
    this.#ready = false;
    this.#starting = undefined;
    for (const { sender } of this.#links.values()) {
      try {
        sender.transform = null;
      } catch {
        // The connection is closed: nothing goes past it.
        continue;
      }
    }
    this.#links.clear();
    this.#worker?.terminate();
    this.#worker = undefined;
  }
}

export const frameNaming = new FrameNaming();
