/** People, sessions and a small log for the tests of the domain. Not part of the product. */
import type {
  CallId,
  CodeUserId,
  CommandId,
  CustomerId,
  DeviceId,
  EmployeeId,
  GuestId,
  Id,
  MessageId,
  NoteId,
  OrganizationId,
  ScreenshotId,
  SessionId,
  TicketId,
} from '#domain/ids.ts';
import { defaultSettings, type OrganizationSettings } from '#domain/organization/settings.ts';
import type { RelayCommand, SessionCommand, SessionCommandBody } from '#domain/session/commands.ts';
import { decide, type DecideContext, type Decision, type KnownDevice } from '#domain/session/decide.ts';
import type { RatingScore, ScreenshotMeta, SessionEvent } from '#domain/session/events.ts';
import { applyEvent } from '#domain/session/fold.ts';
import type { SessionStatus } from '#domain/session/status.ts';
import {
  actorOf,
  type CodeUserSubject,
  type EmployeeRole,
  type EmployeeSubject,
  type GuestSubject,
  type Subject,
} from '#domain/session/subject.ts';
import type { VideoSession } from '#domain/session/video-session.ts';

/** An id that says what it is: the name, filled up to 22 characters. */
export const idOf = <T extends Id<string>>(name: string): T => name.padEnd(22, '-') as T;

const ours = idOf<OrganizationId>('ours');
const theirs = idOf<OrganizationId>('theirs');
export const pump = idOf<DeviceId>('pump');
export const press = idOf<DeviceId>('press');
export const sessionId = idOf<SessionId>('session');
export const callOne = idOf<CallId>('call-1');
export const callTwo = idOf<CallId>('call-2');
export const knownTicket = idOf<TicketId>('ticket');
export const otherTicket = idOf<TicketId>('ticket-2');
export const customerId = idOf<CustomerId>('customer');

const codeUser = (name: string, deviceId: DeviceId, organizationId = ours): CodeUserSubject => ({
  kind: 'codeUser',
  id: idOf<CodeUserId>(name),
  organizationId,
  deviceId,
  name,
});
const employee = (
  name: string,
  role: EmployeeRole,
  responsibleFor: 'all' | DeviceId[],
  organizationId = ours,
): EmployeeSubject => ({
  kind: 'employee',
  id: idOf<EmployeeId>(name),
  organizationId,
  name,
  role,
  responsibleFor,
});
const guest = (name: string, of: SessionId, organizationId = ours): GuestSubject => ({
  kind: 'guest',
  id: idOf<GuestId>(name),
  organizationId,
  sessionId: of,
  name,
});

export const relay: Subject = { kind: 'relay' };

/** Those to whom the session in these tests is something, by their part in it. */
export const people = {
  /** The code user who opened the session. */
  opener: codeUser('opener', pump),
  /** Another tablet at the same machine. */
  tablet: codeUser('tablet', pump),
  guest: guest('guest', sessionId),
  assigned: employee('erika', 'employee', [pump]),
  responsible: employee('rudi', 'employee', [pump, press]),
  moderator: employee('mona', 'moderator', []),
  administrator: employee('ada', 'administrator', 'all'),
} as const;
export type Part = keyof typeof people;

/** Those who may not know of it. */
export const strangers = {
  'employee of another machine': employee('otto', 'employee', [press]),
  'code user of another machine': codeUser('presser', press),
  'guest of another session': guest('lost', idOf<SessionId>('another')),
  'employee of another organization': employee('eve', 'employee', 'all', theirs),
  'administrator of another organization': employee('adam', 'administrator', 'all', theirs),
  'code user of another organization, same machine id': codeUser('mallory', pump, theirs),
  'guest of another organization, same session id': guest('mole', sessionId, theirs),
  'employee of another organization with the id of an assigned one': {
    ...employee('erika', 'employee', 'all', theirs),
  },
} as const satisfies Record<string, Subject>;

const staff = [people.assigned, people.responsible, people.moderator, people.administrator];
const devices: KnownDevice[] = [
  { id: pump, name: 'Pump P-101', organizationId: ours, responsible: [refOf(people.assigned)] },
  { id: press, name: 'Press', organizationId: ours, responsible: [] },
  { id: idOf('foreign-device'), name: 'Foreign', organizationId: theirs, responsible: [] },
];

/** A colleague who is assigned beside `assigned`. */
const helga = { id: idOf<EmployeeId>('helga'), name: 'helga' };

export function refOf(who: EmployeeSubject): { id: string; name: string } {
  return { id: who.id, name: who.name };
}

export function contextOf(
  subject: Subject,
  nowMs = 0,
  settings: Partial<OrganizationSettings> = {},
): DecideContext {
  return {
    subject,
    nowMs,
    settings: { ...defaultSettings, ...settings },
    device: (id) => devices.find((device) => device.id === id),
    employee: (id) => [...staff.map(refOf), helga].find((one) => one.id === id),
    ticketKnown: (id, deviceId) => deviceId === pump && (id === knownTicket || id === otherTicket),
    customer: (id) => (id === customerId ? { id, name: 'Waterworks' } : undefined),
  };
}

export interface RunOptions {
  baseSeq?: number;
  nowMs?: number;
}

/** A session's log as a relay keeps it: what is decided is appended with the next number and its own time. */
export class Log {
  readonly events: SessionEvent[] = [];
  readonly settings: Partial<OrganizationSettings>;
  session: VideoSession | undefined;
  nowMs = 1_000_000;
  #commands = 0;

  constructor(settings: Partial<OrganizationSettings> = {}) {
    this.settings = settings;
  }

  get current(): VideoSession {
    if (!this.session) throw new Error('nothing is opened yet');
    return this.session;
  }

  judge(subject: Subject, body: SessionCommandBody | RelayCommand, options: RunOptions = {}): Decision {
    return decide(
      this.session,
      'payload' in body ? this.#command(body, options.baseSeq) : body,
      contextOf(subject, options.nowMs ?? this.nowMs, this.settings),
    );
  }

  /** Decides, and appends what was decided. */
  run(subject: Subject, body: SessionCommandBody | RelayCommand, options: RunOptions = {}): Decision {
    const decision = this.judge(subject, body, options);
    if (!decision.ok) return decision;
    const commandId = idOf<CommandId>(`command-${++this.#commands}`);
    for (const event of decision.value) {
      const accepted: SessionEvent = {
        streamId: sessionId,
        seq: this.events.length + 1,
        position: this.events.length + 1,
        ...('payload' in body ? { commandId } : {}),
        actor: actorOf(subject),
        atMs: options.nowMs ?? this.nowMs,
        ...event,
      };
      this.session = applyEvent(this.session, accepted);
      this.events.push(accepted);
    }
    return decision;
  }

  /** Runs what must be accepted. */
  must(subject: Subject, body: SessionCommandBody | RelayCommand, options: RunOptions = {}): this {
    const decision = this.run(subject, body, options);
    if (!decision.ok) throw new Error(`${body.type} was refused: ${decision.reason}`);
    return this;
  }

  #command(body: SessionCommandBody, baseSeq = this.events.length): SessionCommand {
    const id = idOf<CommandId>(`command-${this.#commands + 1}`);
    return { id, streamId: sessionId, baseSeq, clientAtMs: 5, ...body };
  }
}

export const screenshot = (name = 'shot', more: Partial<ScreenshotMeta> = {}): ScreenshotMeta => ({
  screenshotId: idOf<ScreenshotId>(name),
  callId: callOne,
  bytes: 1000,
  sha256: 'a'.repeat(64),
  mediaType: 'image/jpeg',
  width: 1280,
  height: 720,
  ...more,
});

/** Every command in a form that is well made; what it is about can be changed. */
export const say = {
  request: (more: object = {}): SessionCommandBody => ({
    type: 'session.request',
    payload: { reason: 'It leaks', ticketIds: [], ...more },
  }),
  create: (more: object = {}): SessionCommandBody => ({
    type: 'session.create',
    payload: { deviceId: pump, reason: 'Check-up', ticketIds: [], ...more },
  }),
  callDirectly: (more: object = {}): SessionCommandBody => ({
    type: 'session.call-directly',
    payload: { reason: '', ticketIds: [], callId: callOne, mode: 'video', ...more },
  }),
  confirm: (): SessionCommandBody => ({ type: 'session.confirm', payload: {} }),
  withdraw: (reason = ''): SessionCommandBody => ({ type: 'session.withdraw', payload: { reason } }),
  decline: (reason = 'No pump of ours'): SessionCommandBody => ({
    type: 'session.decline',
    payload: { reason },
  }),
  cancel: (reason = ''): SessionCommandBody => ({ type: 'session.cancel', payload: { reason } }),
  close: (): SessionCommandBody => ({ type: 'session.close', payload: {} }),
  reopen: (): SessionCommandBody => ({ type: 'session.reopen', payload: {} }),
  setStatus: (status: SessionStatus = 'CANCELLED', reason = 'By hand'): SessionCommandBody => ({
    type: 'session.set-status',
    payload: { status, reason },
  }),
  endSession: (): SessionCommandBody => ({ type: 'call.end-session', payload: {} }),
  visibility: (visibility: 'public' | 'internal' = 'internal'): SessionCommandBody => ({
    type: 'session.set-visibility',
    payload: { visibility },
  }),
  assign: (who: EmployeeSubject = people.responsible): SessionCommandBody => ({
    type: 'session.assign',
    payload: { employeeId: who.id },
  }),
  unassign: (who: EmployeeSubject = people.assigned): SessionCommandBody => ({
    type: 'session.unassign',
    payload: { employeeId: who.id },
  }),
  linkTicket: (ticketId = otherTicket): SessionCommandBody => ({
    type: 'session.link-ticket',
    payload: { ticketId },
  }),
  unlinkTicket: (ticketId = otherTicket): SessionCommandBody => ({
    type: 'session.unlink-ticket',
    payload: { ticketId },
  }),
  linkCustomer: (id = customerId): SessionCommandBody => ({
    type: 'session.link-customer',
    payload: { customerId: id },
  }),
  unlinkCustomer: (): SessionCommandBody => ({ type: 'session.unlink-customer', payload: {} }),
  start: (callId = callOne): SessionCommandBody => ({
    type: 'call.start',
    payload: { callId, mode: 'video' },
  }),
  answer: (callId = callOne): SessionCommandBody => ({
    type: 'call.answer',
    payload: { callId, mode: 'voice' },
  }),
  reject: (callId = callOne): SessionCommandBody => ({ type: 'call.reject', payload: { callId } }),
  linkUp: (callId = callOne): SessionCommandBody => ({ type: 'call.link-up', payload: { callId } }),
  leave: (callId = callOne): SessionCommandBody => ({ type: 'call.leave', payload: { callId } }),
  screenshot: (name?: string, more?: Partial<ScreenshotMeta>): SessionCommandBody => ({
    type: 'screenshot.take',
    payload: screenshot(name, more),
  }),
  chat: (text = 'Hello', name = 'message'): SessionCommandBody => ({
    type: 'chat.send',
    payload: { messageId: idOf<MessageId>(name), text },
  }),
  delivered: (name = 'message'): SessionCommandBody => ({
    type: 'chat.mark-delivered',
    payload: { messageId: idOf<MessageId>(name) },
  }),
  read: (name = 'message'): SessionCommandBody => ({
    type: 'chat.mark-read',
    payload: { messageId: idOf<MessageId>(name) },
  }),
  note: (text = 'Valve replaced', name = 'note'): SessionCommandBody => ({
    type: 'note.add',
    payload: { noteId: idOf<NoteId>(name), text },
  }),
  rate: (score: RatingScore = 4, comment = '', callId = callOne): SessionCommandBody => ({
    type: 'rating.give',
    payload: { callId, score, comment },
  }),
  skipRating: (callId = callOne): SessionCommandBody => ({ type: 'rating.skip', payload: { callId } }),
};

/** From CONFIRMED to a call whose link is up. */
export function linkedCall(log: Log, callId = callOne): Log {
  return log
    .must(people.assigned, say.start(callId))
    .must(people.opener, say.answer(callId))
    .must(people.assigned, say.linkUp(callId));
}

/**
 * A session brought to `status` by the commands that lead there, with `assigned` assigned from the first. From
 * IN_PROGRESS on it has had `callOne`, CANCELLED is one that was cancelled while that call ran.
 */
export function sessionIn(status: SessionStatus, settings: Partial<OrganizationSettings> = {}): Log {
  const { opener, assigned, moderator } = people;
  const log = new Log(settings).must(opener, say.request()).must(moderator, say.assign(assigned));
  if (status === 'REQUESTED') return log;
  log.must(assigned, say.confirm());
  if (status === 'CONFIRMED') return log;
  linkedCall(log);
  if (status === 'IN_PROGRESS') return log;
  if (status === 'CANCELLED') return log.must(assigned, say.cancel('Wrong machine'));
  log.must(opener, say.leave());
  return status === 'DONE' ? log : log.must(assigned, say.close());
}
