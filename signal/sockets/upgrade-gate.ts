import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import type { TicketPurpose } from '#domain/protocol/http.ts';
import { loggablePath } from '../log.ts';
import type { People, SocketHandler, UpgradeGate } from '../ports.ts';
import { isAllowedOrigin } from './origin.ts';
import type { Tickets } from './tickets.ts';

interface Route {
  purpose: TicketPurpose;
  handler: SocketHandler;
  parameter: string;
}

/** How many sockets one sign-in may have open: several tabs with four each. */
const maxSocketsPerSignIn = 40;
/** How long the owner of a socket has to say goodbye after a sign-out. */
const farewellMs = 1000;

const reasons = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  429: 'Too Many Requests',
  503: 'Service Unavailable',
} as const;

/** The one way in for every socket: known path, allowed origin, unused ticket for this purpose, live sign-in. */
export class SocketGate implements UpgradeGate {
  readonly #tickets: Tickets;
  readonly #people: People;
  readonly #allowedOrigins: readonly string[];
  readonly #log: Logger;
  readonly #routes = new Map<string, Route>();
  readonly #open = new Map<string, Set<Duplex>>();
  readonly #stop: () => void;
  #closed = false;

  constructor(parts: { tickets: Tickets; people: People; allowedOrigins: readonly string[]; log: Logger }) {
    this.#tickets = parts.tickets;
    this.#people = parts.people;
    this.#allowedOrigins = parts.allowedOrigins;
    this.#log = parts.log;
    this.#stop = parts.people.onChanged((signInId) => void this.#check(signInId));
  }

  route(path: string, purpose: TicketPurpose, handler: SocketHandler, ticketParameter = 'ticket'): void {
    this.#routes.set(path, { purpose, handler, parameter: ticketParameter });
  }

  /** Paths with their purposes, for tests that go through all. */
  paths(): { path: string; purpose: TicketPurpose; parameter: string }[] {
    return [...this.#routes].map(([path, { purpose, parameter }]) => ({ path, purpose, parameter }));
  }

  /** Listener of the server's `upgrade`. Never throws. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    this.#admit(request, socket, head).catch((error: unknown) => {
      this.#log.error({ err: error, path: loggablePath(request.url) }, 'upgrade');
      socket.destroy();
    });
  }

  close(): void {
    this.#closed = true;
    this.#stop();
    for (const sockets of this.#open.values()) for (const socket of sockets) socket.destroy();
    this.#open.clear();
  }

  async #admit(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    if (this.#closed) return refuse(socket, 503);
    const [path = '', query = ''] = (request.url ?? '').split('?', 2);
    const route = this.#routes.get(path);
    if (!route) return refuse(socket, 404);
    const { origin, host, 'x-forwarded-proto': proto } = request.headers;
    const forwardedProto = typeof proto === 'string' ? proto : undefined;
    if (!isAllowedOrigin({ origin, host, forwardedProto }, this.#allowedOrigins)) return refuse(socket, 403);
    const tickets = new URLSearchParams(query).getAll(route.parameter);
    const claims = tickets.length === 1 ? this.#tickets.take(tickets[0] ?? '', route.purpose) : undefined;
    if (!claims) return refuse(socket, 401);
    const person = await this.#people.bySignIn(claims.signInId);
    if (!person) return refuse(socket, 401);
    if (socket.destroyed) return;
    const open = this.#open.get(claims.signInId) ?? new Set();
    if (open.size >= maxSocketsPerSignIn) return refuse(socket, 429);
    this.#open.set(claims.signInId, open.add(socket));
    socket.once('close', () => {
      open.delete(socket);
      if (open.size === 0 && this.#open.get(claims.signInId) === open) this.#open.delete(claims.signInId);
    });
    route.handler(request, socket, head, { ...claims, person });
  }

  /** Sockets of a sign-in that has ended go, also where their owner forgot them. */
  async #check(signInId: string): Promise<void> {
    try {
      if (await this.#people.bySignIn(signInId)) return;
      this.#tickets.revoke(signInId);
      const sockets = this.#open.get(signInId);
      if (!sockets) return;
      setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, farewellMs).unref();
    } catch (error) {
      this.#log.error({ err: error }, 'sockets of a sign-in');
    }
  }
}

function refuse(socket: Duplex, status: keyof typeof reasons): void {
  if (socket.destroyed) return;
  socket.end(`HTTP/1.1 ${status} ${reasons[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
