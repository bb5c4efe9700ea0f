import type { Leadership, OpenTabChannel } from '../../../src/lib/sync/ports.ts';

interface Turn {
  lead: () => () => void;
  end?: () => void;
}

/** The locks and channels that the tabs of one browser share. */
export class Browser {
  readonly #queues = new Map<string, Turn[]>();
  readonly #claims = new Map<string, () => void>();
  readonly #channels = new Map<string, Set<(message: unknown) => void>>();

  readonly leadership: Leadership = {
    compete: (name, lead, options) => {
      const queue = this.#queues.get(name) ?? [];
      this.#queues.set(name, queue);
      const turn: Turn = { lead };
      const [holder] = queue;
      if (options?.steal && holder) {
        holder.end?.();
        delete holder.end;
        queue.unshift(turn);
      } else {
        queue.push(turn);
      }
      this.#next(queue);
      return () => {
        const at = queue.indexOf(turn);
        if (at < 0) return;
        queue.splice(at, 1);
        turn.end?.();
        this.#next(queue);
      };
    },
    claim: async (name, { steal, lost }) => {
      const holder = this.#claims.get(name);
      if (holder && !steal) return undefined;
      holder?.();
      this.#claims.set(name, lost);
      return () => {
        if (this.#claims.get(name) === lost) this.#claims.delete(name);
      };
    },
  };

  readonly openTabChannel: OpenTabChannel = (name) => {
    const listeners = this.#channels.get(name) ?? new Set();
    this.#channels.set(name, listeners);
    const own = new Set<(message: unknown) => void>();
    return {
      post: (message) => {
        const copy: unknown = structuredClone(message);
        for (const listener of listeners) if (!own.has(listener)) queueMicrotask(() => listener(copy));
      },
      onMessage: (listener) => {
        own.add(listener);
        listeners.add(listener);
        return () => {
          own.delete(listener);
          listeners.delete(listener);
        };
      },
      close: () => {
        for (const listener of own) listeners.delete(listener);
      },
    };
  };

  #next(queue: Turn[]): void {
    const [first] = queue;
    if (first && !first.end) first.end = first.lead();
  }
}
