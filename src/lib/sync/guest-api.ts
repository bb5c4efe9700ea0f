import { madeGuestLinkSchema } from '#domain/protocol/http.ts';
import type { ApiClient } from './api-client.ts';

const linkOf = (sessionId: string): string => `/api/sessions/${encodeURIComponent(sessionId)}/guest-link`;

/** The relay's routes for guest links. Never rejects. */
export class GuestApi {
  readonly #api: Pick<ApiClient, 'ask' | 'remove'>;

  constructor(api: Pick<ApiClient, 'ask' | 'remove'>) {
    this.#api = api;
  }

  make(sessionId: string) {
    return this.#api.ask(linkOf(sessionId), madeGuestLinkSchema, {});
  }

  withdraw(sessionId: string) {
    return this.#api.remove(linkOf(sessionId));
  }
}
