import { invitationSchema, madeCodeSchema, madeInvitationSchema } from '#domain/protocol/http.ts';
import { passkeyCreationSchema, passkeyRequestSchema, waysInSchema } from '#domain/protocol/passkeys.ts';
import type { Answer, ApiClient } from './api-client.ts';
import { createPasskey, usePasskey } from './passkeys.ts';

const at = encodeURIComponent;

/** Invitations, passwords, passkeys and access codes: the relay's routes for them, and the browser's part. Never rejects. */
export class PeopleApi {
  readonly #api: Pick<ApiClient, 'ask' | 'tell' | 'remove'>;

  constructor(api: Pick<ApiClient, 'ask' | 'tell' | 'remove'>) {
    this.#api = api;
  }

  invite(employeeId: string) {
    return this.#api.ask(`/api/employees/${at(employeeId)}/invitation`, madeInvitationSchema, {});
  }

  lookAtInvitation(token: string) {
    return this.#api.ask('/api/invitations/look', invitationSchema, { token });
  }

  acceptInvitation(token: string, ownName: string, password: string): Promise<Answer<void>> {
    return this.#api.tell('/api/invitations/accept', { token, ownName, password });
  }

  async acceptInvitationByPasskey(token: string, ownName: string, name: string): Promise<Answer<void>> {
    const options = await this.#api.ask('/api/invitations/passkey-options', passkeyCreationSchema, { token });
    const made = options.ok ? await createPasskey(options.value) : options;
    if (!made.ok) return made;
    return this.#api.tell('/api/invitations/accept-passkey', { token, ownName, name, passkey: made.value });
  }

  async signInByPasskey(): Promise<Answer<void>> {
    const options = await this.#api.ask('/api/passkeys/sign-in-options', passkeyRequestSchema, {});
    const used = options.ok ? await usePasskey(options.value) : options;
    return used.ok ? this.#api.tell('/api/passkeys/sign-in', { passkey: used.value }) : used;
  }

  waysIn() {
    return this.#api.ask('/api/passkeys', waysInSchema);
  }

  async addPasskey(name: string, password?: string): Promise<Answer<void>> {
    const body = password === undefined ? {} : { password };
    const options = await this.#api.ask('/api/passkeys/options', passkeyCreationSchema, body);
    const made = options.ok ? await createPasskey(options.value) : options;
    return made.ok ? this.#api.tell('/api/passkeys', { name, passkey: made.value }) : made;
  }

  removePasskey(id: string): Promise<Answer<void>> {
    return this.#api.remove(`/api/passkeys/${at(id)}`);
  }

  changePassword(current: string, password: string): Promise<Answer<void>> {
    return this.#api.tell('/api/password', { current, password });
  }

  signOutEverywhere(): Promise<Answer<void>> {
    return this.#api.tell('/api/sign-out-everywhere');
  }

  signOutEmployee(employeeId: string): Promise<Answer<void>> {
    return this.#api.tell(`/api/employees/${at(employeeId)}/sign-out`);
  }

  makeCode(deviceId: string) {
    return this.#api.ask(`/api/devices/${at(deviceId)}/code`, madeCodeSchema, {});
  }
}
