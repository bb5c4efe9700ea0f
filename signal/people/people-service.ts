import { Emitter } from '#domain/emitter.ts';
import type { CodeUserId, DeviceId, EmployeeId, OrganizationId, SessionId } from '#domain/ids.ts';
import { deviceOf, employeeOf } from '#domain/organization/organization.ts';
import { visible } from '#domain/session/permissions.ts';
import type { CodeUserSubject, GuestSubject, Person } from '#domain/session/subject.ts';
import type { VideoSession } from '#domain/session/video-session.ts';
import { isVisible } from '#domain/visible-text.ts';
import type { Clock, People } from '../ports.ts';
import { hashToken, newId, newToken } from '../secrets.ts';
import type { AccessCodeRow, GuestLinkRow, RelayStorage, SignInRow } from '../storage/relay-storage.ts';
import type { StreamLog } from '../streams/stream-log.ts';
import { demoOrganizationIds } from './demo.ts';
import { TokenRotation } from './token-rotation.ts';

/** Somebody with a live sign-in, with the rights of now. */
export interface SignedIn {
  person: Person;
  signInId: string;
  /** The relay's time at which the sign-in ends. */
  expiresAtMs: number;
  /**
   * What a replica of this person's streams may be built on: as long as it stays the same, the person sees the same
   * but for what the streams say.
   */
  replicaScope: string;
  /** Where it is time for one: the token to come with from now on. */
  renewed?: StartedSignIn;
}

export interface StartedSignIn {
  token: string;
  lifetimeMs: number;
}

const hourMs = 3_600_000;
const employeeSignInMs = 7 * 24 * hourMs;
/** How long a sign-in counts as fresh. */
export const freshMs = 10 * 60_000;
/** A tablet stays at its machine. */
const codeUserSignInMs = 90 * 24 * hourMs;
const guestSignInMs = 24 * hourMs;

export const nameOfNobody = 'Code user';
const nameOfGuest = 'Guest';

/** Sign-ins and the persons behind them. */
export class PeopleService implements People {
  readonly #storage: RelayStorage;
  readonly #streams: StreamLog;
  readonly #clock: Clock;
  readonly #demoAllowed: boolean;
  /** A token that had been replaced was used again. */
  readonly #onReuse: () => void;
  readonly #rotation: TokenRotation;
  readonly #changed: Emitter<[signInId: string]>;

  constructor(
    storage: RelayStorage,
    streams: StreamLog,
    clock: Clock,
    options: { demoAllowed: boolean; onFault: (error: unknown) => void; onReuse?: () => void },
  ) {
    this.#storage = storage;
    this.#streams = streams;
    this.#clock = clock;
    this.#demoAllowed = options.demoAllowed;
    this.#onReuse = options.onReuse ?? (() => undefined);
    this.#rotation = new TokenRotation(storage.directory, clock);
    this.#changed = new Emitter(options.onFault);
  }

  onChanged(listener: (signInId: string) => void): () => void {
    return this.#changed.on(listener);
  }

  async bySignIn(signInId: string): Promise<Person | undefined> {
    return (await this.signedIn(signInId))?.person;
  }

  async signedIn(signInId: string): Promise<SignedIn | undefined> {
    return this.#resolve(await this.#storage.directory.signIn(signInId));
  }

  async byToken(token: string): Promise<SignedIn | undefined> {
    const tokenHash = hashToken(token);
    const present = await this.#storage.directory.signInByToken(tokenHash);
    const rotated = present ? undefined : await this.#rotation.lookUp(tokenHash);
    if (rotated && 'stolen' in rotated) {
      this.#onReuse();
      await this.signOut(rotated.stolen.id);
      return undefined;
    }
    const row = present ?? rotated?.row;
    const signedIn = row && (await this.#resolve(row));
    if (!signedIn || row.kind === 'guest' || row.tokenHash !== tokenHash) return signedIn;
    const lifetimeMs = row.kind === 'employee' ? employeeSignInMs : codeUserSignInMs;
    const renewed = await this.#rotation.due(row, row.expiresAtMs - lifetimeMs);
    if (renewed === undefined) return signedIn;
    return { ...signedIn, renewed: { token: renewed, lifetimeMs: row.expiresAtMs - this.#clock.nowMs() } };
  }

  /**
   * Who came in at this browser by a code that opens nothing any more. Undefined for everybody else. With a new code of
   * the same device they stay the same person: what their tablet has not sent yet is still theirs to send.
   */
  async formerCodeUser(token: string): Promise<{ person: CodeUserSubject; signInId: string } | undefined> {
    const row = await this.#storage.directory.signInByToken(hashToken(token));
    if (row?.kind !== 'codeUser' || row.expiresAtMs <= this.#clock.nowMs()) return undefined;
    const user = await this.#storage.directory.codeUser(row.personId);
    if (!user) return undefined;
    const { organizationId, deviceId, name } = user;
    const person = { kind: 'codeUser', id: user.id as CodeUserId, organizationId, deviceId, name } as const;
    return { person, signInId: row.id };
  }

  /** Demo accounts with their known password are good only where the settings allow them. */
  isOpen(organizationId: string): boolean {
    return this.#demoAllowed || !demoOrganizationIds.has(organizationId);
  }

  /** The employee with this address, of whichever organization, and the hash of their password. */
  async employeeByEmail(
    email: string,
  ): Promise<{ id: EmployeeId; organizationId: OrganizationId; passwordHash: string } | undefined> {
    const organizationId = await this.#streams.streamOf({ kind: 'email', id: email });
    const organization =
      organizationId && (await this.#streams.organization(organizationId as OrganizationId));
    const employee = organization?.employees.find((one) => one.email === email);
    if (employee?.state !== 'active') return undefined;
    const credential = await this.#storage.directory.credential(employee.id);
    return (
      credential && {
        id: employee.id,
        organizationId: credential.organizationId,
        passwordHash: credential.passwordHash,
      }
    );
  }

  /** Whether the employee showed who they are a moment ago: what opens the account for ever is not for a tab left open. */
  isFresh({ person, expiresAtMs }: SignedIn): boolean {
    const sinceMs = expiresAtMs - employeeSignInMs;
    return person.kind === 'employee' && this.#clock.nowMs() - sinceMs < freshMs;
  }

  async signInEmployee(employeeId: EmployeeId): Promise<StartedSignIn> {
    return this.#start({ kind: 'employee', personId: employeeId, codeId: null }, employeeSignInMs);
  }

  /** `codeUserId`: somebody who was here before and stays the same person. */
  async signInCodeUser(
    code: AccessCodeRow,
    name: string,
    codeUserId: CodeUserId = newId(),
  ): Promise<StartedSignIn> {
    const { id: codeId, organizationId, deviceId } = code;
    await this.#storage.directory.putCodeUser({
      id: codeUserId,
      organizationId,
      deviceId,
      name: isVisible(name) ? name : nameOfNobody,
    });
    return this.#start({ kind: 'codeUser', personId: codeUserId, codeId }, codeUserSignInMs);
  }

  async signInGuest(link: GuestLinkRow, name: string): Promise<StartedSignIn> {
    const { id: linkId, organizationId, sessionId, expiresAtMs } = link;
    const guest = { id: newId<GuestSubject['id']>(), organizationId, sessionId, linkId };
    await this.#storage.directory.putGuest({ ...guest, name: isVisible(name) ? name : nameOfGuest });
    const lifetimeMs = Math.min(guestSignInMs, expiresAtMs - this.#clock.nowMs());
    return this.#start({ kind: 'guest', personId: guest.id, codeId: linkId }, lifetimeMs);
  }

  async signOut(signInId: string): Promise<void> {
    await this.#storage.directory.removeSignIn(signInId);
    this.#changed.emit(signInId);
  }

  /** Ends every sign-in of a person, but for the one named. */
  async signOutEverywhere(personId: string, except?: string): Promise<void> {
    for (const { id } of await this.#storage.directory.signInsOf(personId))
      if (id !== except) await this.signOut(id);
  }

  /** To be called when somebody's rights have changed. */
  async personChanged(personId: string): Promise<void> {
    for (const signIn of await this.#storage.directory.signInsOf(personId)) this.#changed.emit(signIn.id);
  }

  /** To be called when a device's code has changed. */
  async deviceChanged(deviceId: DeviceId): Promise<void> {
    for (const signIn of await this.#storage.directory.signInsAt(deviceId)) this.#changed.emit(signIn.id);
  }

  /** To be called with the sign-ins of guests whose link has ended. */
  guestsChanged(signInIds: readonly string[]): void {
    for (const id of signInIds) this.#changed.emit(id);
  }

  async #start(
    who: Pick<SignInRow, 'kind' | 'personId' | 'codeId'>,
    lifetimeMs: number,
  ): Promise<StartedSignIn> {
    const token = newToken();
    const nowMs = this.#clock.nowMs();
    await this.#storage.directory.removeExpiredSignIns(nowMs);
    await this.#storage.directory.putSignIn({
      ...who,
      id: newId(),
      tokenHash: hashToken(token),
      expiresAtMs: nowMs + lifetimeMs,
    });
    return { token, lifetimeMs };
  }

  async #resolve(row: SignInRow | undefined): Promise<SignedIn | undefined> {
    if (!row || row.expiresAtMs <= this.#clock.nowMs()) return undefined;
    const signedIn = await this.#personOf(row);
    return signedIn && this.isOpen(signedIn.person.organizationId) ? signedIn : undefined;
  }

  #personOf(row: SignInRow): Promise<SignedIn | undefined> {
    switch (row.kind) {
      case 'employee':
        return this.#employee(row);
      case 'codeUser':
        return this.#codeUser(row);
      case 'guest':
        return this.#guest(row);
    }
  }

  async #employee(row: SignInRow): Promise<SignedIn | undefined> {
    const credential = await this.#storage.directory.credential(row.personId);
    const organization = credential && (await this.#streams.organization(credential.organizationId));
    const employee = organization && employeeOf(organization, row.personId);
    if (!organization || employee?.state !== 'active') return undefined;
    const { id, name, role, responsibleFor, rightsSeq } = employee;
    return {
      person: { kind: 'employee', id, organizationId: organization.id, name, role, responsibleFor },
      signInId: row.id,
      expiresAtMs: row.expiresAtMs,
      replicaScope: `employee:${id}:${rightsSeq}`,
    };
  }

  async #codeUser(row: SignInRow): Promise<SignedIn | undefined> {
    const user = await this.#storage.directory.codeUser(row.personId);
    const organization = user && (await this.#streams.organization(user.organizationId));
    const code = organization && deviceOf(organization, user.deviceId)?.code;
    // A code that was switched off, or replaced, ends what was opened by it, too.
    if (!code || code.state !== 'active' || code.id !== row.codeId) return undefined;
    const { organizationId, deviceId, name } = user;
    return {
      person: { kind: 'codeUser', id: user.id as CodeUserId, organizationId, deviceId, name },
      signInId: row.id,
      expiresAtMs: row.expiresAtMs,
      replicaScope: `device:${deviceId}:${user.id}`,
    };
  }

  /** A guest is one as long as the link lives and the session is there for guests. */
  async #guest(row: SignInRow): Promise<SignedIn | undefined> {
    const { directory } = this.#storage;
    const guest = await directory.guest(row.personId);
    const link = guest && (await directory.guestLinkById(guest.linkId));
    if (!link || link.expiresAtMs <= this.#clock.nowMs()) return undefined;
    const { id, organizationId, sessionId, name } = guest;
    const linkSeq = link.sessionSeq;
    const person: GuestSubject = { kind: 'guest', id, organizationId, sessionId, name, linkSeq };
    const session = await this.#session(sessionId);
    if (!session || !visible(person, session)) return undefined;
    return { person, signInId: row.id, expiresAtMs: row.expiresAtMs, replicaScope: `guest:${id}` };
  }

  async #session(id: SessionId): Promise<VideoSession | undefined> {
    const loaded = await this.#streams.load(id);
    return loaded?.kind === 'session' ? (loaded.state as VideoSession) : undefined;
  }
}
