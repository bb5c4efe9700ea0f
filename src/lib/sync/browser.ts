import type { Leadership, OpenSocket, OpenTabChannel, Runtime } from './ports.ts';

/** The browser's own clock, chance, timers, sockets, locks and tab channel behind the ports. */
export function browserRuntime(window: Window): Runtime {
  return {
    nowMs: () => Date.now(),
    random: () => Math.random(),
    randomBytes: (length) => window.crypto.getRandomValues(new Uint8Array(length)),
    after: (ms, work) => {
      const timer = window.setTimeout(work, ms);
      return () => window.clearTimeout(timer);
    },
  };
}

export const openBrowserSocket: OpenSocket = (url, handlers) => {
  const socket = new WebSocket(url);
  socket.binaryType = 'arraybuffer';
  socket.addEventListener('open', () => handlers.onOpen());
  socket.addEventListener('message', (event: MessageEvent<unknown>) => {
    if (typeof event.data === 'string') handlers.onText(event.data);
    else if (event.data instanceof ArrayBuffer) handlers.onPacked(new Uint8Array(event.data));
  });
  socket.addEventListener('close', (event) => handlers.onClose(event.code));
  return {
    send: (frame) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(frame);
    },
    close: (code = 1000) => socket.close(code === 1000 || code >= 3000 ? code : 1000),
  };
};

/** Web Locks. Where there are none every tab works for itself: commands count once, so that is only more traffic. */
export function browserLeadership(locks: LockManager | undefined): Leadership {
  if (!locks) return everyTabLeads;
  const compete: Leadership['compete'] = (name, lead, options) => {
    const leave = new AbortController();
    let left = false;
    const round = async (steal: boolean): Promise<void> => {
      let end: (() => void) | undefined;
      const turn = (): Promise<void> => {
        if (left) return Promise.resolve();
        end = lead();
        return new Promise((resolve) => leave.signal.addEventListener('abort', () => resolve()));
      };
      try {
        // `steal` and `signal` exclude each other.
        await locks.request(name, steal ? { steal } : { signal: leave.signal }, turn);
      } catch {
        // Left while waiting, or the turn was taken by force.
      }
      end?.();
      if (!left) await round(false);
    };
    void round(options?.steal ?? false);
    return () => {
      left = true;
      leave.abort();
    };
  };
  const claim: Leadership['claim'] = (name, { steal, lost }) =>
    new Promise((resolve) => {
      let release: (() => void) | undefined;
      const hold = (lock: Lock | null): Promise<void> | undefined => {
        if (!lock) {
          resolve(undefined);
          return undefined;
        }
        return new Promise((done) => {
          release = done;
          resolve(() => done());
        });
      };
      locks.request(name, steal ? { steal } : { ifAvailable: true }, hold).catch(() => {
        release?.();
        lost();
      });
    });
  return { compete, claim };
}

const everyTabLeads: Leadership = {
  compete: (_name, lead) => lead(),
  claim: async () => () => undefined,
};

export const openBrowserTabChannel: OpenTabChannel = (name) => {
  if (typeof BroadcastChannel === 'undefined')
    return { post: () => undefined, onMessage: () => () => undefined, close: () => undefined };
  const channel = new BroadcastChannel(name);
  return {
    post: (message) => channel.postMessage(message),
    onMessage: (listener) => {
      const onMessage = (event: MessageEvent<unknown>): void => listener(event.data);
      channel.addEventListener('message', onMessage);
      return () => channel.removeEventListener('message', onMessage);
    },
    close: () => channel.close(),
  };
};
