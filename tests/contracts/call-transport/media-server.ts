import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PeerServer } from 'peer';
import { build } from 'vite';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const types: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
};

export interface MediaServer {
  /** The address of a page, by the name of its html file, knowing where the PeerServer is. */
  pageUrl(name: string, query?: Record<string, string>): string;
  /** Ends the PeerServer only, as if the relay had died; links must live on. */
  stopSignalling(): Promise<void>;
  startSignalling(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Bundles pages (html files below the repository) and serves them, with a plain PeerServer on the next port; without
 * a port, on any two that are free.
 */
export async function serveMediaPages(pages: string[], port?: number): Promise<MediaServer> {
  const outDir = await mkdtemp(join(tmpdir(), 'media-pages-'));
  await build({
    configFile: false,
    logLevel: 'error',
    root,
    publicDir: false,
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2022',
      rollupOptions: { input: pages.map((page) => join(root, page)) },
    },
  });
  const built = new Map(pages.map((page) => [basename(page), page]));
  const files = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname.slice(1);
    const file = join(outDir, built.get(path) ?? path);
    readFile(file).then(
      (body) => response.writeHead(200, { 'content-type': types[extname(file)] ?? 'text/plain' }).end(body),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => files.listen(port ?? 0, '127.0.0.1', resolve));
  let peersPort = port === undefined ? 0 : port + 1;
  let signalling: Server | undefined;
  const sockets = new Set<Socket>();
  const startSignalling = () => {
    return new Promise<void>((resolve) => {
      const peers = PeerServer(
        { host: '127.0.0.1', port: peersPort, path: '/sockets/calls', key: 'peerjs' },
        (server) => {
          signalling = server as Server;
          // The same one when it is started again.
          peersPort = portOf(signalling);
          signalling.on('connection', (socket: Socket) => {
            sockets.add(socket);
            socket.on('close', () => sockets.delete(socket));
          });
          resolve();
        },
      );
      peers.on('error', () => undefined);
    });
  };
  const stopSignalling = async () => {
    // Sockets that were upgraded are no longer the server's own: it neither counts nor closes them.
    for (const socket of sockets) socket.destroy();
    if (signalling) await stop(signalling);
    signalling = undefined;
  };
  await startSignalling();
  return {
    pageUrl: (name, query = {}) =>
      `http://127.0.0.1:${portOf(files)}/${name}?${new URLSearchParams({ ...query, peers: String(peersPort) })}`,
    startSignalling,
    stopSignalling,
    close: async () => {
      await Promise.all([stop(files), stopSignalling()]);
      await rm(outDir, { recursive: true });
    },
  };
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
