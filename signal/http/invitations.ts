import type { CommandId, EmployeeId, OrganizationId } from '#domain/ids.ts';
import { employeeOf, type Employee, type Organization } from '#domain/organization/organization.ts';
import type { PeopleService, StartedSignIn } from '../people/people-service.ts';
import type { Clock } from '../ports.ts';
import { hashPassword, hashToken, newId, newToken, noPasswordHash } from '../secrets.ts';
import type { InvitationRow, PasskeyRow, RelayStorage } from '../storage/relay-storage.ts';
import type { StreamLog } from '../streams/stream-log.ts';

const lifetimeMs = 7 * 24 * 3_600_000;

export interface FoundInvitation {
  invitation: InvitationRow;
  organization: Organization;
  employee: Employee;
}

/** Links by which employees come in for the first time, or again when they have lost the way. */
export class Invitations {
  readonly #storage: RelayStorage;
  readonly #streams: StreamLog;
  readonly #people: PeopleService;
  readonly #clock: Clock;

  constructor(storage: RelayStorage, streams: StreamLog, people: PeopleService, clock: Clock) {
    this.#storage = storage;
    this.#streams = streams;
    this.#people = people;
    this.#clock = clock;
  }

  /** Makes a link; earlier ones of the same employee end. */
  async make({ id: organizationId }: Organization, { id: employeeId }: Employee) {
    const token = newToken();
    const expiresAtMs = this.#clock.nowMs() + lifetimeMs;
    const tokenHash = hashToken(token);
    const row = { id: newId(), organizationId, employeeId, tokenHash, expiresAtMs };
    await this.#storage.directory.putInvitation(row);
    return { token, path: `/join#${token}`, expiresAtMs };
  }

  /** Whom a live invitation is for. Uses nothing up. */
  async find(token: string): Promise<FoundInvitation | undefined> {
    const invitation = await this.#storage.directory.invitation(hashToken(token));
    if (!invitation || invitation.expiresAtMs <= this.#clock.nowMs()) return undefined;
    const organization = await this.#streams.organization(invitation.organizationId);
    const employee = organization && employeeOf(organization, invitation.employeeId);
    if (!employee || employee.state === 'deactivated' || !this.#people.isOpen(organization.id))
      return undefined;
    return { invitation, organization, employee };
  }

  /** A name that is none changes nothing: the one of the invitation stays. */
  async #rename(organizationId: OrganizationId, employeeId: EmployeeId, name: string): Promise<void> {
    if (!name) return;
    await this.#streams.submit('organization', organizationId, {
      id: newId<CommandId>(),
      streamId: organizationId,
      baseSeq: 0,
      clientAtMs: this.#clock.nowMs(),
      type: 'employee.rename',
      payload: { employeeId, name },
    });
  }

  /**
   * Uses the invitation up and signs its employee in. Whatever opened the account before ends: who follows a link
   * anew may have lost it. Undefined when the invitation was used meanwhile.
   */
  async accept(
    { id, employeeId, organizationId }: InvitationRow,
    by: { ownName: string } & ({ password: string } | { passkey: PasskeyRow }),
  ): Promise<StartedSignIn | undefined> {
    const { directory } = this.#storage;
    const passwordHash = 'password' in by ? await hashPassword(by.password) : noPasswordHash;
    // Of two at the same moment one comes in.
    if (!(await directory.takeInvitation(id))) return undefined;
    await directory.removePasskeysOf(employeeId);
    await directory.putCredential({ employeeId, organizationId, passwordHash });
    if ('passkey' in by) await directory.putPasskey(by.passkey);
    const joined = await this.#streams.submit('organization', organizationId, {
      type: 'service.join',
      employeeId,
    });
    if (!joined.ok) {
      await directory.removeCredential(employeeId);
      await directory.removePasskeysOf(employeeId);
      return undefined;
    }
    await this.#rename(organizationId, employeeId, by.ownName);
    await this.#people.signOutEverywhere(employeeId);
    return this.#people.signInEmployee(employeeId);
  }
}
