import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { heartbeatMs } from '#domain/protocol/version.ts';
import { SocketDoor, type LiveSocket } from './socket-door.ts';

const limits = { maxFrameBytes: 1_000, rate: { perSecond: 100, burst: 100 }, maxBufferedBytes: 1_000_000 };
const faults: unknown[] = [];
const server = createServer();
let door: SocketDoor;
const waiting: ((live: LiveSocket) => void)[] = [];
server.on('upgrade', (request, socket, head) =>
  door.open(request, socket, head, (live) => waiting.shift()?.(live)),
);

beforeEach(async () => {
  // The heartbeat alone: sockets go by the machine's own clock.
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  door = new SocketDoor(limits, (error) => faults.push(error));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  await door.close();
  await new Promise((resolve) => server.close(resolve));
  vi.useRealTimers();
  expect(faults).toEqual([]);
});

async function come(options: { autoPong?: boolean } = {}): Promise<{ client: WebSocket; live: LiveSocket }> {
  const { port } = server.address() as AddressInfo;
  const accepted = new Promise<LiveSocket>((resolve) => waiting.push(resolve));
  const client = new WebSocket(`ws://127.0.0.1:${port}`, options);
  await once(client, 'open');
  return { client, live: await accepted };
}

test('P15 X10 a socket that answers no ping is dropped after two; one that answers stays', async () => {
  const silent = await come({ autoPong: false });
  const lively = await come();
  const dropped = once(silent.client, 'close');
  for (let beat = 0; beat < 3; beat += 1) {
    const pong = new Promise<void>((resolve) => lively.live.onPong(resolve));
    expect(silent.live.isOpen).toBe(true);
    vi.advanceTimersByTime(heartbeatMs);
    await pong;
  }
  await dropped;
  expect([silent.live.isOpen, lively.live.isOpen]).toEqual([false, true]);
});

test('P15 T7 a client that does not read is dropped when too much waits for it', async () => {
  const { client, live } = await come();
  const ended = new Promise<void>((resolve) => live.onClose(() => resolve()));
  client.pause();
  const frame = 'x'.repeat(limits.maxBufferedBytes / 4);
  let sent = 0;
  while (live.isOpen && sent < 1_000) {
    live.send(frame);
    sent += 1;
  }
  expect(live.isOpen).toBe(false);
  client.terminate();
  await ended;
});
