/** The ten subjects of the authorization table at a running relay, and sessions in every status for them. */
import type {
  CallId,
  CustomerId,
  DeviceId,
  EmployeeId,
  MessageId,
  OrganizationId,
  ScreenshotId,
  SessionId,
  TicketId,
} from '#domain/ids.ts';
import type { ErrorCode } from '#domain/error-codes.ts';
import { authorizationSubjects, type AuthorizationSubject } from '../harness/domain/authorization-table.ts';
import {
  authorizationSettings,
  stepsTo,
  type AuthorizationStep,
  type AuthorizationWorld,
} from '../harness/domain/authorization-trial.ts';
import type { SessionCommandBody } from '#domain/session/commands.ts';
import type { SessionStatus } from '#domain/session/status.ts';
import type { EmployeeRole, Person } from '#domain/session/subject.ts';
import type { Visibility } from '#domain/session/video-session.ts';
import { png } from '../../signal/testing/pictures.ts';
import { ManualClock } from '../harness/manual-clock.ts';
import {
  asAdministrator,
  Client,
  codes,
  command,
  demoOrganization,
  emails,
  newId,
  startRelay,
  type SyncClient,
} from '../harness/relay-harness.ts';

const otherOrganization = 'OtherServiceAG00000001' as OrganizationId;
export type Verdict = true | ErrorCode;
type Player = AuthorizationSubject | 'helper' | 'candidate';
const perSession = new Set<Player>(['guest']);

/** A session for trials, with the names of what is in it. */
export interface TrialSession extends AuthorizationWorld {
  id: SessionId;
  status: SessionStatus;
  visibility: Visibility;
  /** In those that had a call and were made with pictures. */
  screenshotId?: ScreenshotId;
  /** Announced, not uploaded yet. */
  waitingShotId?: ScreenshotId;
  /** The guest of this session, who came in while it could be joined. */
  guest?: Client;
  guestSocket?: SyncClient;
}

export const picture = png(64, 48);

export class AuthorizationWorlds {
  readonly relay: Awaited<ReturnType<typeof startRelay>>;
  readonly clients = new Map<Player, Client>();
  readonly persons = new Map<Player, Person>();
  readonly sockets = new Map<AuthorizationSubject, SyncClient>();
  deviceId = '' as DeviceId;
  ticketId = newId<TicketId>();
  /** A device that nobody came in by, with a code. */
  readonly spareDeviceId = newId<DeviceId>();
  readonly customerId = newId<CustomerId>();

  private constructor(relay: Awaited<ReturnType<typeof startRelay>>) {
    this.relay = relay;
  }

  static async start(): Promise<AuthorizationWorlds> {
    const worlds = new AuthorizationWorlds(await startRelay({}, { clock: new ManualClock() }));
    await worlds.#people();
    return worlds;
  }

  client(who: Player, session?: TrialSession): Client {
    const client = perSession.has(who) ? session?.guest : this.clients.get(who);
    if (!client) throw new Error(`nobody is ${who}`);
    return client;
  }

  /** A fresh sign-in of a person of now. */
  async person(who: Player): Promise<Person> {
    const present = this.persons.get(who);
    if (present) return present;
    const { subject } = await this.client(who).me();
    this.persons.set(who, subject);
    return subject;
  }

  /** An active employee; the password is nobody's, the sign-in is made as the relay makes it. */
  async employee(
    organizationId: OrganizationId,
    name: string,
    role: EmployeeRole = 'employee',
    responsibleFor: DeviceId[] = [],
  ): Promise<{ id: EmployeeId; client: Client }> {
    const employeeId = newId<EmployeeId>();
    const email = `${employeeId.toLowerCase()}@trial.example`;
    const payload = { employeeId, name, email, role, responsibleFor };
    await asAdministrator(this.relay, organizationId, { type: 'employee.invite', payload });
    const credential = { employeeId, organizationId, passwordHash: 'none' };
    await this.relay.storage.directory.putCredential(credential);
    await this.relay.streams.submit('organization', organizationId, { type: 'service.join', employeeId });
    return { id: employeeId, client: await this.again(employeeId) };
  }

  async again(employeeId: EmployeeId): Promise<Client> {
    const client = new Client(this.relay.origin);
    const { token } = await this.relay.people.signInEmployee(employeeId);
    client.cookie = `sightline=${token}`;
    return client;
  }

  async #people(): Promise<void> {
    const { relay, clients } = this;
    await asAdministrator(relay, demoOrganization, {
      type: 'organization.change-settings',
      payload: { changes: authorizationSettings },
    });
    await asAdministrator(relay, demoOrganization, {
      type: 'customer.add',
      payload: { customerId: this.customerId, name: 'Customer', contact: '' },
    });
    const { spareDeviceId: deviceId } = this;
    const spare = { deviceId, name: 'Spare', location: '' };
    await asAdministrator(relay, demoOrganization, { type: 'device.add', payload: spare });
    const rotate = { type: 'service.rotate-code', deviceId, codeId: newId() } as const;
    await relay.streams.submit('organization', demoOrganization, rotate);
    clients.set('codeUser', await Client.codeUser(relay, codes.pump, 'Olga'));
    clients.set('otherCodeUser', await Client.codeUser(relay, codes.pump, 'Otmar'));
    clients.set('foreignCodeUser', await Client.codeUser(relay, codes.compressor, 'Frida'));
    clients.set('responsible', await Client.employee(relay, emails.erika));
    clients.set('otherEmployee', await Client.employee(relay, emails.emil));
    clients.set('administrator', await Client.employee(relay, emails.ada));
    const { devices, tickets } = await this.client('codeUser').me();
    const [device] = devices;
    const [ticket] = tickets;
    if (!device || !ticket) throw new Error('no demo');
    this.deviceId = device.id;
    this.ticketId = ticket.id;
    for (const [who, role] of [
      ['assigned', 'employee'],
      ['helper', 'employee'],
      ['candidate', 'employee'],
      ['moderator', 'moderator'],
    ] as const)
      clients.set(
        who,
        (await this.employee(demoOrganization, who, role, who === 'assigned' ? [device.id] : [])).client,
      );
    const stranger = await this.employee(otherOrganization, 'stranger', 'administrator');
    clients.set('otherOrganization', stranger.client);
    for (const who of clients.keys()) await this.person(who);
  }

  /** Opens the sockets by which everybody tries: they follow tickets alone, so that hardly anything is sent to them. */
  async connect(): Promise<void> {
    for (const who of authorizationSubjects)
      if (!perSession.has(who)) this.sockets.set(who, await this.client(who).sync(undefined, ['ticket']));
  }

  /** In-process and in the name of the persons: only what is tried goes over the wire. */
  async does(session: TrialSession, by: AuthorizationStep['by'], body: SessionCommandBody): Promise<void> {
    const [outcome] = await this.relay.streams.propose(await this.person(by), [
      command(session.id, 999, body),
    ]);
    if (!outcome?.ok) throw new Error(`${by} ${body.type}: ${outcome?.reason ?? 'no answer'}`);
  }

  world(): AuthorizationWorld {
    const id = (who: Player) => this.persons.get(who)?.id as EmployeeId;
    return {
      deviceId: this.deviceId,
      callId: newId<CallId>(),
      messageId: newId<MessageId>(),
      helperId: id('helper'),
      assignedId: id('assigned'),
      candidateId: id('candidate'),
      ticketId: this.ticketId,
      customerId: this.customerId,
      newId,
    };
  }

  /** A session in this state. `pictures`: with screenshots, where there can be some; else as the table has it. */
  async session(
    status: SessionStatus,
    visibility: Visibility,
    options: { guest?: boolean; pictures?: boolean } = {},
  ): Promise<TrialSession> {
    const session: TrialSession = { id: newId<SessionId>(), status, visibility, ...this.world() };
    const steps = options.pictures ? this.#withPictures(session) : stepsTo(status, visibility, session);
    const last = steps.length - 1;
    // The guest comes while the session may be joined: before it ends or is hidden.
    const ends = (body: SessionCommandBody) =>
      body.type === 'session.close' ||
      body.type === 'session.cancel' ||
      body.type === 'session.set-visibility';
    const reopened = steps.findLastIndex(({ body }) => body.type === 'session.reopen');
    const end = steps.findIndex(({ body }, at) => at > Math.max(reopened, 3) && ends(body));
    const guestAt = end === -1 ? last : end - 1;
    for (const [at, { by, body }] of steps.entries()) {
      await this.does(session, by, body);
      if (options.guest && at === guestAt) session.guest = await this.guestOf(session);
    }
    return session;
  }

  async guestOf(session: TrialSession): Promise<Client> {
    const assigned = this.client('assigned');
    const response = await assigned.expectOk(assigned.post(`/api/sessions/${session.id}/guest-link`, {}));
    const { token } = (await response.json()) as { token: string };
    const guest = new Client(this.relay.origin);
    await guest.expectOk(guest.post('/api/guest', { token, name: 'Gus' }));
    return guest;
  }

  /** CONFIRMED and CANCELLED with pictures are those that were reopened. */
  #withPictures(session: TrialSession): AuthorizationStep[] {
    const { status, visibility, callId } = session;
    const shot = (): ScreenshotId => newId<ScreenshotId>();
    session.screenshotId = shot();
    session.waitingShotId = shot();
    const take = [session.screenshotId, session.waitingShotId].map((screenshotId): AuthorizationStep => ({
      by: 'codeUser',
      body: { type: 'screenshot.take', payload: { ...picture.meta, screenshotId, callId } },
    }));
    const running = stepsTo('IN_PROGRESS', 'public', session);
    const upTo = (wanted: SessionStatus): AuthorizationStep[] => [
      ...running,
      ...take,
      ...stepsTo(wanted, visibility, session).slice(running.length),
    ];
    if (status === 'IN_PROGRESS' || status === 'DONE' || status === 'CLOSED') return upTo(status);
    const back: AuthorizationStep[] = [
      ...running,
      ...take,
      { by: 'assigned', body: { type: 'call.end-session', payload: {} } },
      { by: 'assigned', body: { type: 'session.reopen', payload: {} } },
    ];
    if (status === 'CANCELLED')
      back.push({ by: 'assigned', body: { type: 'session.cancel', payload: { reason: '' } } });
    return visibility === 'public'
      ? back
      : [...back, { by: 'moderator', body: { type: 'session.set-visibility', payload: { visibility } } }];
  }

  /**
   * Tries commands over the wire, one after the other for each subject. A guest whom the session has shown out has no
   * sign-in any more: what is not found by nobody.
   */
  async tryAll(
    trials: readonly { subject: AuthorizationSubject; session?: TrialSession; command: unknown }[],
  ): Promise<Verdict[]> {
    const verdicts: Verdict[] = [];
    const bySocket = new Map<SyncClient, number[]>();
    for (const [at, { subject, session }] of trials.entries()) {
      const socket = subject === 'guest' ? await this.#guestSocket(session) : this.sockets.get(subject);
      if (socket) bySocket.set(socket, [...(bySocket.get(socket) ?? []), at]);
      else verdicts[at] = 'not-found';
    }
    await Promise.all(
      [...bySocket].map(async ([socket, ats]) => {
        for (let from = 0; from < ats.length; from += 100) {
          const some = ats.slice(from, from + 100);
          const outcomes = await socket.push(...some.map((at) => trials[at]?.command));
          for (const [index, at] of some.entries()) {
            const outcome = outcomes[index];
            verdicts[at] = !outcome ? 'internal' : outcome.ok ? true : (outcome.reason as ErrorCode);
          }
        }
      }),
    );
    return verdicts;
  }

  async #guestSocket(session: TrialSession | undefined): Promise<SyncClient | undefined> {
    if (!session?.guest) throw new Error('no guest in this session');
    if (session.guestSocket) return session.guestSocket;
    if ((await session.guest.request('/api/me')).status === 401) return undefined;
    return (session.guestSocket = await session.guest.sync(undefined, ['ticket']));
  }
}
