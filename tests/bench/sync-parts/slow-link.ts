import { connect, createServer, type Socket } from 'node:net';

/** A link of a given round trip before a server on this machine, which counts what goes over it. */
export async function slowLink(target: () => number, roundTripMs: number) {
  let bytes = 0;
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(target(), '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.setNoDelay(true);
      from.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        setTimeout(() => to.writable && to.write(chunk), roundTripMs / 2);
      });
      from.on('close', () => setTimeout(() => to.destroy(), roundTripMs / 2));
      from.on('error', () => from.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    port,
    /** Both ways, since the last call. */
    takeBytes: (): number => {
      const taken = bytes;
      bytes = 0;
      return taken;
    },
    close: (): void => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
