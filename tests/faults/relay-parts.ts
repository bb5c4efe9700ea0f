import type { CallMemory } from '../../src/lib/state/call/call-memory.ts';
import WebSocket from 'ws';
import { createHash, randomBytes } from 'node:crypto';
import type { DeviceStore } from '../../src/lib/storage/device-store.ts';
import { createMemoryPersonStore } from '../../src/lib/storage/memory-store.ts';
import type { OpenPersonStore, PersonStore } from '../../src/lib/storage/person-store.ts';
import { ApiClient } from '../../src/lib/sync/api-client.ts';
import type { OpenSocket, Runtime } from '../../src/lib/sync/ports.ts';
import { tusTransfer } from '../../src/lib/sync/tus-transfer.ts';
import { webPacking } from '../../src/lib/sync/web-packing.ts';
import type { WorkspaceParts } from '../../src/lib/sync/workspace.ts';
import { Browser } from '../convergence/kit/fake-browser.ts';

export interface NodeAppOptions {
  store?: PersonStore;
  /** Opens the person's store; in memory without it. */
  openStore?: OpenPersonStore;
  openDeviceStore?: () => Promise<DeviceStore>;
  /** What outlives a reload; nothing without it. */
  callMemory?: CallMemory;
  /** The browser's cookie; shared by apps of one browser. */
  jar?: { cookie: string };
  /** The device's clock. */
  nowMs?: () => number;
  /** Every frame that is sent. */
  onSent?: (frame: string | Uint8Array) => void;
  /** Every frame that comes. */
  onReceived?: (frame: Buffer) => void;
}

/** What a workspace is built on, on Node against a relay: real HTTP and sockets, a cookie of its own. */
export function nodeParts(origin: string, options: NodeAppOptions = {}): WorkspaceParts {
  const jar = options.jar ?? { cookie: '' };
  const fetchWithCookie: typeof fetch = async (input, init) => {
    const headers = new Headers(init?.headers);
    headers.set('origin', origin);
    if (jar.cookie) headers.set('cookie', jar.cookie);
    const { cache: _cache, ...rest } = init ?? {};
    const response = await fetch(input, { ...rest, headers });
    const set = response.headers.getSetCookie()[0]?.split(';')[0];
    if (set) jar.cookie = set;
    return response;
  };
  const runtime: Runtime = {
    nowMs: options.nowMs ?? (() => Date.now()),
    random: () => Math.random(),
    randomBytes: (length) => new Uint8Array(randomBytes(length)),
    after: (ms, work) => {
      const timer = setTimeout(work, ms);
      return () => clearTimeout(timer);
    },
  };
  const openSocket: OpenSocket = (url, handlers) => {
    const socket = new WebSocket(url, { origin, perMessageDeflate: false });
    socket.on('open', () => handlers.onOpen());
    socket.on('message', (data, isBinary) => {
      const bytes = data as Buffer;
      options.onReceived?.(bytes);
      if (isBinary) handlers.onPacked(new Uint8Array(bytes));
      else handlers.onText(String(bytes));
    });
    socket.on('close', (code) => handlers.onClose(code));
    socket.on('error', () => socket.terminate());
    return {
      send: (frame) => {
        options.onSent?.(frame);
        socket.send(frame);
      },
      close: (code) => socket.close(code),
    };
  };
  const browser = new Browser();
  return {
    runtime,
    openSocket,
    packing: webPacking(),
    leadership: browser.leadership,
    openTabChannel: browser.openTabChannel,
    api: new ApiClient({ baseUrl: origin, fetch: fetchWithCookie, runtime }),
    socketUrl: `${origin.replace(/^http/, 'ws')}/sockets/sync`,
    openStore:
      options.openStore ?? (async () => ({ store: options.store ?? createMemoryPersonStore(Date.now()) })),
    loadTransfer: tusTransfer(
      origin,
      (bytes) => Buffer.from(bytes) as never,
      () => ({
        origin,
        cookie: jar.cookie,
      }),
    ),
    sha256: async (bytes) => createHash('sha256').update(new Uint8Array(bytes)).digest('hex'),
  };
}
