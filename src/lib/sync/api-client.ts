import * as v from 'valibot';
import type { ErrorCode } from '#domain/error-codes.ts';
import { directorySchema, type Directory } from '#domain/protocol/directory.ts';
import { httpErrorSchema, socketTicketSchema, type SocketTicket } from '#domain/protocol/http.ts';
import { ok, refuse, type Result } from '#domain/result.ts';
import type { CallId, CommandId, SessionId } from '#domain/ids.ts';
import type { Runtime } from './ports.ts';

export type Answer<T> = Result<T, ErrorCode>;

export type TicketRequest =
  | { purpose: 'sync' | 'documents' }
  | { purpose: 'calls'; sessionId: SessionId; callId: CallId; ahead?: true }
  | { purpose: 'y-webrtc'; sessionId: SessionId; callId: CallId };

/** A hang-up that the relay has not heard of yet. */
export interface LastWord {
  readonly sessionId: SessionId;
  readonly callId: CallId;
  readonly commandId: CommandId;
}

/** How long a request may take before the relay counts as unreachable. */
const requestTimeoutMs = 10_000;

const byStatus: Partial<Record<number, ErrorCode>> = {
  401: 'not-signed-in',
  403: 'forbidden',
  404: 'not-found',
  413: 'too-large',
  429: 'too-many-requests',
  507: 'storage-full',
};

/** Answers of a proxy in front of a relay that is away. */
const unreachable = new Set([502, 503, 504]);

export interface ApiClientOptions {
  /** Origin of the relay, without a slash at the end. */
  baseUrl: string;
  fetch: typeof fetch;
  runtime: Pick<Runtime, 'after'>;
}

/**
 * The relay's HTTP API. Expected failures are results; 'relay-unreachable' when nothing came back. Never throws.
 */
export class ApiClient {
  readonly #options: ApiClientOptions;

  constructor(options: ApiClientOptions) {
    this.#options = options;
  }

  signIn(email: string, password: string): Promise<Answer<void>> {
    return this.#post('/api/sign-in', { email, password });
  }

  /** Comes in by a machine's access code. */
  signInWithCode(code: string, name = ''): Promise<Answer<void>> {
    return this.#post('/api/code', { code, name });
  }

  signOut(): Promise<Answer<void>> {
    return this.#post('/api/sign-out', {});
  }

  /** Who is signed in, and what they may know of the organization. */
  me(): Promise<Answer<Directory>> {
    return this.#request('/api/me', {}, (body) => parsed(directorySchema, body));
  }

  socketTicket(request: TicketRequest): Promise<Answer<SocketTicket>> {
    return this.#request('/api/socket-tickets', json(request), (body) => parsed(socketTicketSchema, body));
  }

  /** A picture's bytes as the relay has them; their hash is the caller's to verify. */
  async blob(sessionId: string, itemId: string): Promise<Answer<ArrayBuffer>> {
    const path = `/api/blobs/${encodeURIComponent(sessionId)}/${encodeURIComponent(itemId)}`;
    return this.#send(path, {}, async (response) => ok(await response.arrayBuffer()));
  }

  /** Asks for something that has no method of its own here; with a body by POST, else by GET. */
  ask<S extends v.GenericSchema>(path: string, schema: S, body?: unknown): Promise<Answer<v.InferOutput<S>>> {
    return this.#request(path, body === undefined ? {} : json(body), (found) => parsed(schema, found));
  }

  /** Does something that has no method of its own here, and that answers nothing of interest. */
  tell(path: string, body: unknown = {}): Promise<Answer<void>> {
    return this.#post(path, body);
  }

  /** Hangs up while the page goes: sent whatever becomes of the page, its answer is nobody's concern. */
  leaveCallInPassing({ sessionId, callId, commandId }: LastWord): void {
    const { baseUrl, fetch } = this.#options;
    const path = `/api/sessions/${encodeURIComponent(sessionId)}/call/leave`;
    const gone = (): void => undefined;
    fetch(baseUrl + path, {
      ...json({ callId, commandId }),
      credentials: 'same-origin',
      keepalive: true,
    }).then(gone, gone);
  }

  remove(path: string): Promise<Answer<void>> {
    return this.#send(path, { method: 'DELETE' }, async () => ok(undefined));
  }

  #post(path: string, body: unknown): Promise<Answer<void>> {
    return this.#send(path, json(body), async (response) => {
      await response.arrayBuffer();
      return ok(undefined);
    });
  }

  #request<T>(path: string, init: RequestInit, read: (body: unknown) => Answer<T>): Promise<Answer<T>> {
    return this.#send(path, init, async (response) => read(await jsonOf(response)));
  }

  async #send<T>(
    path: string,
    init: RequestInit,
    read: (response: Response) => Promise<Answer<T>>,
  ): Promise<Answer<T>> {
    const { baseUrl, fetch, runtime } = this.#options;
    const abort = new AbortController();
    const cancel = runtime.after(requestTimeoutMs, () => abort.abort());
    try {
      const response = await fetch(baseUrl + path, {
        ...init,
        credentials: 'same-origin',
        cache: 'no-store',
        signal: abort.signal,
      });
      return response.ok ? await read(response) : refuse(await reasonOf(response));
    } catch {
      return refuse('relay-unreachable');
    } finally {
      cancel();
    }
  }
}

function json(body: unknown): RequestInit {
  return { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

async function jsonOf(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return undefined;
  }
}

async function reasonOf(response: Response): Promise<ErrorCode> {
  if (unreachable.has(response.status)) return 'relay-unreachable';
  const error = v.safeParse(httpErrorSchema, await jsonOf(response));
  return error.success ? error.output.code : (byStatus[response.status] ?? 'internal');
}

function parsed<S extends v.GenericSchema>(schema: S, body: unknown): Answer<v.InferOutput<S>> {
  const result = v.safeParse(schema, body);
  return result.success ? ok(result.output) : refuse('update-needed');
}
