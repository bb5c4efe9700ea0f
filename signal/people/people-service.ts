import type { CodeUserId } from '#domain/ids.ts';
import type { Person } from '#domain/session/subject.ts';
import { Listeners } from '../listeners.ts';
import type { Clock, People } from '../ports.ts';
import { hashToken, newId, newToken } from '../secrets.ts';
import type { DeviceRow, EmployeeRow, RelayStorage, SignInRow } from '../storage/relay-storage.ts';
import { demoOrganizationIds } from './demo.ts';

/** Somebody with a live sign-in, with the rights of now. */
export interface SignedIn {
  person: Person;
  signInId: string;
  /**
   * What a replica of this person's sessions may be built on: as long as it stays the same, the person sees the same
   * sessions but for what the logs say.
   */
  replicaScope: string;
}

const hourMs = 3_600_000;
const employeeSignInMs = 7 * 24 * hourMs;
/** A tablet stays at its machine. */
const codeUserSignInMs = 90 * 24 * hourMs;

export const nameOfNobody = 'Code user';

/** Sign-ins and the persons behind them. */
export class PeopleService implements People {
  readonly #storage: RelayStorage;
  readonly #clock: Clock;
  readonly #demoAllowed: boolean;
  readonly #changed: Listeners<[signInId: string]>;

  constructor(
    storage: RelayStorage,
    clock: Clock,
    options: { demoAllowed: boolean; onFault: (error: unknown) => void },
  ) {
    this.#storage = storage;
    this.#clock = clock;
    this.#demoAllowed = options.demoAllowed;
    this.#changed = new Listeners(options.onFault);
  }

  onChanged(listener: (signInId: string) => void): () => void {
    return this.#changed.add(listener);
  }

  async bySignIn(signInId: string): Promise<Person | undefined> {
    return (await this.signedIn(signInId))?.person;
  }

  async signedIn(signInId: string): Promise<SignedIn | undefined> {
    return this.#resolve(await this.#storage.directory.signIn(signInId));
  }

  async byToken(token: string): Promise<SignedIn | undefined> {
    return this.#resolve(await this.#storage.directory.signInByToken(hashToken(token)));
  }

  /** Demo accounts with their known password are good only where the settings allow them. */
  isOpen(organizationId: string): boolean {
    return this.#demoAllowed || !demoOrganizationIds.has(organizationId);
  }

  async signInEmployee(employee: EmployeeRow): Promise<{ token: string; lifetimeMs: number }> {
    return this.#start('employee', employee.id, employeeSignInMs);
  }

  /** `codeUserId`: somebody who was here before and stays the same person. */
  async signInCodeUser(
    device: DeviceRow,
    name: string,
    codeUserId: CodeUserId = newId(),
  ): Promise<{ token: string; lifetimeMs: number }> {
    await this.#storage.directory.putCodeUser({
      id: codeUserId,
      organizationId: device.organizationId,
      deviceId: device.id,
      name: name || nameOfNobody,
    });
    return this.#start('codeUser', codeUserId, codeUserSignInMs);
  }

  async signOut(signInId: string): Promise<void> {
    await this.#storage.directory.removeSignIn(signInId);
    this.#changed.tell(signInId);
  }

  /** To be called when somebody's rights were changed in the store. */
  async personChanged(personId: string): Promise<void> {
    for (const signIn of await this.#storage.directory.signInsOf(personId)) this.#changed.tell(signIn.id);
  }

  async #start(
    kind: SignInRow['kind'],
    personId: string,
    lifetimeMs: number,
  ): Promise<{ token: string; lifetimeMs: number }> {
    const token = newToken();
    const nowMs = this.#clock.nowMs();
    await this.#storage.directory.removeExpiredSignIns(nowMs);
    await this.#storage.directory.putSignIn({
      id: newId(),
      tokenHash: hashToken(token),
      kind,
      personId,
      expiresAtMs: nowMs + lifetimeMs,
    });
    return { token, lifetimeMs };
  }

  async #resolve(row: SignInRow | undefined): Promise<SignedIn | undefined> {
    if (!row || row.expiresAtMs <= this.#clock.nowMs()) return undefined;
    const signedIn = row.kind === 'employee' ? await this.#employee(row) : await this.#codeUser(row);
    return signedIn && this.isOpen(signedIn.person.organizationId) ? signedIn : undefined;
  }

  async #employee(row: SignInRow): Promise<SignedIn | undefined> {
    const employee = await this.#storage.directory.employee(row.personId);
    if (!employee) return undefined;
    const { id, organizationId, name, role, responsibleFor } = employee;
    return {
      person: { kind: 'employee', id, organizationId, name, role, responsibleFor },
      signInId: row.id,
      replicaScope: `employee:${id}:${employee.rightsRevision}`,
    };
  }

  async #codeUser(row: SignInRow): Promise<SignedIn | undefined> {
    const user = await this.#storage.directory.codeUser(row.personId);
    const device = user && (await this.#storage.directory.device(user.deviceId));
    // A code that is switched off ends what was opened by it, too.
    if (!user || !device?.codeEnabled) return undefined;
    const { organizationId, deviceId, name } = user;
    return {
      person: { kind: 'codeUser', id: user.id as CodeUserId, organizationId, deviceId, name },
      signInId: row.id,
      replicaScope: `device:${deviceId}`,
    };
  }
}
