import type { OrganizationId } from '#domain/ids.ts';
import { deviceOf } from '#domain/organization/organization.ts';
import { normalizeAccessCode } from '#domain/device/access-code.ts';
import type { ErrorCode } from '#domain/error-codes.ts';
import { refuse, type Result } from '#domain/result.ts';
import { isVisible } from '#domain/visible-text.ts';
import { accessCodeHash } from '../people/access-code.ts';
import { nameOfNobody, type PeopleService } from '../people/people-service.ts';
import type { Person } from '#domain/session/subject.ts';
import type { Clock } from '../ports.ts';
import { verifyPassword } from '../secrets.ts';
import type { RelayStorage } from '../storage/relay-storage.ts';
import type { StreamLog } from '../streams/stream-log.ts';
import { WindowLimit } from './limits.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** Failed tries only; a good one is given back. */
export const signInLimits = {
  codeByAddress: { points: 10, windowMs: 5 * minuteMs },
  /** Consecutive failures with one code: it may be locked, and come to life again. */
  byCode: { points: 100, windowMs: dayMs },
  /** All codes together: many addresses do not make guessing feasible. */
  codeGlobal: { points: 3000, windowMs: 5 * minuteMs },
  passwordByAddress: { points: 30, windowMs: 5 * minuteMs },
  byAccount: { points: 10, windowMs: 15 * minuteMs },
} as const;

/** An organization that there is none of: looked up for a wrong code, as a right one's is. */
const nobodys = 'NobodysOrganization000' as OrganizationId;

export type Started = Result<{ token: string; lifetimeMs: number }, ErrorCode>;

/** Signs employees and code users in, as slowly as guessing must be. */
export class SignIns {
  readonly #storage: RelayStorage;
  readonly #people: PeopleService;
  readonly #streams: StreamLog;
  readonly #codeByAddress: WindowLimit;
  readonly #byCode: WindowLimit;
  readonly #codeGlobal: WindowLimit;
  readonly #passwordByAddress: WindowLimit;
  readonly #byAccount: WindowLimit;
  /** How many codes were compared with the store; for tests of the limits. */
  codesChecked = 0;

  constructor(storage: RelayStorage, streams: StreamLog, people: PeopleService, clock: Clock) {
    this.#storage = storage;
    this.#streams = streams;
    this.#people = people;
    this.#codeByAddress = new WindowLimit(clock, signInLimits.codeByAddress);
    this.#byCode = new WindowLimit(clock, signInLimits.byCode);
    this.#codeGlobal = new WindowLimit(clock, signInLimits.codeGlobal);
    this.#passwordByAddress = new WindowLimit(clock, signInLimits.passwordByAddress);
    this.#byAccount = new WindowLimit(clock, signInLimits.byAccount);
  }

  async withPassword(email: string, password: string, address: string): Promise<Started> {
    const account = email.toLowerCase();
    if (!this.#passwordByAddress.take(address)) return refuse('too-many-requests');
    if (!this.#byAccount.take(account)) return refuse('too-many-requests');
    const employee = await this.#people.employeeByEmail(account);
    const isRight = await verifyPassword(password, employee?.passwordHash);
    if (!employee || !isRight || !this.#people.isOpen(employee.organizationId))
      return refuse('wrong-credentials');
    this.#passwordByAddress.giveBack(address);
    this.#byAccount.reset(account);
    return { ok: true, value: await this.#people.signInEmployee(employee.id) };
  }

  /** `before`: who is, or was, signed in at this browser. At the same machine they stay the same person. */
  async withCode(code: string, name: string, address: string, before: Person | undefined): Promise<Started> {
    if (!this.#codeByAddress.take(address)) return refuse('too-many-requests');
    if (!this.#codeGlobal.take('all')) return refuse('too-many-requests');
    const hash = accessCodeHash(this.#storage.secretKey, normalizeAccessCode(code));
    const isFree = this.#byCode.take(hash);
    this.codesChecked += 1;
    const row = await this.#storage.directory.accessCode(hash);
    const organization = await this.#streams.organization(row?.organizationId ?? nobodys);
    const current = row && organization && deviceOf(organization, row.deviceId)?.code;
    const opens = current?.state === 'active' && current.id === row?.id;
    // One answer for a wrong, a locked, a replaced and a switched-off code, after the same work.
    if (!row || !opens || !isFree || !this.#people.isOpen(row.organizationId)) return refuse('unknown-code');
    this.#codeByAddress.giveBack(address);
    this.#codeGlobal.giveBack('all');
    this.#byCode.reset(hash);
    const same = before?.kind === 'codeUser' && before.deviceId === row.deviceId ? before : undefined;
    const called = (isVisible(name) ? name : same?.name) ?? nameOfNobody;
    const started = await this.#people.signInCodeUser(row, called, same?.id);
    if (current.firstUsedAtMs === undefined)
      await this.#streams.submit('organization', row.organizationId, {
        type: 'service.code-used',
        deviceId: row.deviceId,
        codeId: row.id,
        by: called,
      });
    return { ok: true, value: started };
  }
}
