import { refuse } from '#domain/result.ts';
import type { WaysIn } from '#domain/protocol/passkeys.ts';
import type { Outcome } from './outcome.ts';

/** A link that is shown this one time. */
export interface MadeInvitation {
  /** Behind the app's address, with the token. */
  path: string;
  expiresAtMs: number;
}

/** An access code that is shown this one time. */
export interface MadeCode {
  code: string;
  codeId: string;
  /** What a QR code points at, behind the app's address. */
  path: string;
}

/** Whom an invitation is for. */
export interface Invitation {
  organizationName: string;
  name: string;
  email: string;
}

/** What comes with a secret, and is therefore asked of the relay at once and kept nowhere. */
export interface PeopleCalls {
  invite(employeeId: string): Promise<Outcome<MadeInvitation>>;
  lookAtInvitation(token: string): Promise<Outcome<Invitation>>;
  /** `ownName`: how the person writes their name. */
  acceptInvitation(token: string, ownName: string, password: string): Promise<Outcome>;
  /** `name`: of the passkey. */
  acceptInvitationByPasskey(token: string, ownName: string, name: string): Promise<Outcome>;
  signInByPasskey(): Promise<Outcome>;
  waysIn(): Promise<Outcome<WaysIn>>;
  /** `password`: asked for where the sign-in is not fresh ('confirm-identity'). */
  addPasskey(name: string, password?: string): Promise<Outcome>;
  removePasskey(id: string): Promise<Outcome>;
  changePassword(current: string, password: string): Promise<Outcome>;
  signOutEverywhere(): Promise<Outcome>;
  signOutEmployee(employeeId: string): Promise<Outcome>;
  /** Gives a device a new access code; the one before ends. */
  makeCode(deviceId: string): Promise<Outcome<MadeCode>>;
}

/** The desk where people, codes and passkeys are dealt with. What it takes is loaded when it is used. */
export class PeopleDesk {
  readonly #load: () => Promise<PeopleCalls>;

  constructor(load: () => Promise<PeopleCalls>) {
    this.#load = load;
  }

  /** Never rejects: what could not be loaded counts as a relay that is away. */
  async do<T>(what: (calls: PeopleCalls) => Promise<Outcome<T>>): Promise<Outcome<T>> {
    let calls: PeopleCalls;
    try {
      calls = await this.#load();
    } catch {
      return refuse('relay-unreachable');
    }
    return what(calls);
  }
}
