import type { Logger } from 'pino';
import { Emitter } from '#domain/emitter.ts';
import type { ErrorCode } from '#domain/error-codes.ts';
import type { CallId, PeerId, SessionId } from '#domain/ids.ts';
import type { RelayMessage, RosterEntry } from '#domain/protocol/sync-messages.ts';
import { ok, refuse, type Result } from '#domain/result.ts';
import { reconnectGraceMs } from '#domain/session/decide-call.ts';
import { may, visible } from '#domain/session/permissions.ts';
import type { Person } from '#domain/session/subject.ts';
import { legOf, liveCall, openLegs, type VideoSession } from '#domain/session/video-session.ts';
import type { RelayClock } from '../clock.ts';
import type { CallPresence } from '../ports.ts';
import type { SessionLog } from './session-log.ts';

/** The sync socket by which somebody is present. */
export interface PresenceSocket {
  send(message: RelayMessage): void;
  /** For what may get lost: false when the receiver is behind. */
  sendLossy(message: RelayMessage): boolean;
}

/** What somebody says of being in a call. */
export interface Announcement {
  sessionId: SessionId;
  callId: CallId;
  deviceKey: string;
  peerId: PeerId | null;
}

interface Present {
  entry: RosterEntry;
  sessionId: SessionId;
  socket: PresenceSocket;
}

/**
 * Who is in which call, with which of their devices and where their media can be reached. Whoever has a place in a
 * live call and is not present for the time of grace loses it.
 */
export class CallPresenceService implements CallPresence {
  readonly #sessions: SessionLog;
  readonly #clock: RelayClock;
  readonly #log: Logger;
  readonly #verifyPeerId: (peerId: PeerId, personId: string, callId: CallId) => boolean;
  readonly #calls = new Map<CallId, Map<string, Present>>();
  /** Timers of those who have a place in a call and are not present, by call and participant. */
  readonly #absent = new Map<CallId, Map<string, () => void>>();
  readonly #changed: Emitter<[CallId]>;
  readonly #stop: () => void;
  #order = 0;

  constructor(
    sessions: SessionLog,
    clock: RelayClock,
    log: Logger,
    verifyPeerId: (peerId: PeerId, personId: string, callId: CallId) => boolean,
  ) {
    this.#sessions = sessions;
    this.#clock = clock;
    this.#log = log;
    this.#verifyPeerId = verifyPeerId;
    this.#changed = new Emitter((error) => log.error({ err: error }, 'listener of presence'));
    this.#stop = sessions.onChange(({ before, after }) => {
      const earlier = before && liveCall(before);
      if (earlier && liveCall(after)?.id !== earlier.id) this.#forget(earlier.id);
      this.watch(after);
    });
  }

  participants(callId: CallId): RosterEntry[] {
    const present = this.#calls.get(callId)?.values() ?? [];
    return [...present].map(({ entry }) => entry).sort((a, b) => a.order - b.order);
  }

  onChanged(listener: (callId: CallId) => void): () => void {
    return this.#changed.on(listener);
  }

  /** Says that a person is in a call, by this socket. Refused to whoever has no place in it. */
  async join(
    person: Person,
    announcement: Announcement,
    socket: PresenceSocket,
  ): Promise<Result<undefined, ErrorCode>> {
    const { sessionId, callId, deviceKey } = announcement;
    const session = await this.#sessions.get(sessionId);
    if (!session || !visible(person, session)) return refuse('not-found');
    const call = liveCall(session);
    if (!call || call.id !== callId)
      return refuse(session.calls.some((one) => one.id === callId) ? 'call-over' : 'no-call');
    if (!legOf(call, person.id)) return refuse('no-call');
    if (announcement.peerId !== null && !this.#verifyPeerId(announcement.peerId, person.id, callId))
      return refuse('ticket-invalid');
    const present = this.#calls.get(callId) ?? new Map<string, Present>();
    this.#calls.set(callId, present);
    const earlier = present.get(person.id);
    if (earlier && earlier.socket !== socket && earlier.entry.deviceKey !== deviceKey)
      earlier.socket.send({ t: 'call-elsewhere', callId });
    const keepsPlace = earlier?.entry.deviceKey === deviceKey && earlier.entry.peerId === announcement.peerId;
    const entry: RosterEntry = {
      participantId: person.id,
      kind: person.kind,
      name: person.name,
      deviceKey,
      peerId: announcement.peerId,
      // Whoever comes with a new address comes last, and so calls the others.
      order: keepsPlace ? earlier.entry.order : ++this.#order,
    };
    present.set(person.id, { entry, sessionId, socket });
    this.#cancelAbsence(callId, person.id);
    if (keepsPlace) socket.send(this.#roster(sessionId, callId));
    else this.#tell(sessionId, callId);
    return ok(undefined);
  }

  /** Somebody says to be out of the call, or the socket is gone. `callId` absent: out of every call. */
  leave(socket: PresenceSocket, callId?: CallId): void {
    for (const [id, present] of this.#calls) {
      if (callId !== undefined && id !== callId) continue;
      for (const [participantId, one] of present) {
        if (one.socket !== socket) continue;
        present.delete(participantId);
        if (present.size === 0) this.#calls.delete(id);
        this.#tell(one.sessionId, id);
        void this.#watchById(one.sessionId);
      }
    }
  }

  /** Passes ephemeral bytes on to the others in the call. */
  async passOn(person: Person, socket: PresenceSocket, callId: CallId, data: string): Promise<boolean> {
    const present = this.#calls.get(callId);
    const own = present?.get(person.id);
    if (!present || own?.socket !== socket) return false;
    const session = await this.#sessions.get(own.sessionId);
    if (!session || !may(person, 'draw', session)) return false;
    for (const [participantId, other] of present) {
      if (participantId === person.id) continue;
      other.socket.sendLossy({ t: 'live', callId, from: person.id, data });
    }
    return true;
  }

  /** Compares a session's live call with who is present; also at start, when nobody is. */
  watch(session: VideoSession): void {
    const call = liveCall(session);
    if (!call) return;
    const legs = new Set(openLegs(call).map((leg) => leg.participantId));
    const present = this.#calls.get(call.id);
    let changed = false;
    for (const participantId of present?.keys() ?? []) {
      if (!legs.has(participantId)) changed = present?.delete(participantId) || changed;
    }
    for (const participantId of this.#absent.get(call.id)?.keys() ?? []) {
      if (!legs.has(participantId)) this.#cancelAbsence(call.id, participantId);
    }
    for (const participantId of legs) {
      if (!present?.has(participantId)) this.#startAbsence(session.id, call.id, participantId);
    }
    if (changed) this.#tell(session.id, call.id);
  }

  close(): void {
    this.#stop();
    for (const timers of this.#absent.values()) for (const cancel of timers.values()) cancel();
    this.#absent.clear();
    this.#calls.clear();
  }

  async #watchById(sessionId: SessionId): Promise<void> {
    try {
      const session = await this.#sessions.get(sessionId);
      if (session) this.watch(session);
    } catch (error) {
      this.#log.error({ err: error }, 'presence');
    }
  }

  #startAbsence(sessionId: SessionId, callId: CallId, participantId: string): void {
    const timers = this.#absent.get(callId) ?? new Map<string, () => void>();
    this.#absent.set(callId, timers);
    if (timers.has(participantId)) return;
    const cancel = this.#clock.after(reconnectGraceMs, () => {
      this.#cancelAbsence(callId, participantId);
      this.#sessions
        .submit(sessionId, { type: 'relay.lose-leg', callId, participantId })
        .catch((error: unknown) => this.#log.error({ err: error }, 'lost leg'));
    });
    timers.set(participantId, cancel);
  }

  #cancelAbsence(callId: CallId, participantId: string): void {
    const timers = this.#absent.get(callId);
    timers?.get(participantId)?.();
    timers?.delete(participantId);
    if (timers?.size === 0) this.#absent.delete(callId);
  }

  /** The call is over: nobody is in it any more. */
  #forget(callId: CallId): void {
    for (const participantId of [...(this.#absent.get(callId)?.keys() ?? [])])
      this.#cancelAbsence(callId, participantId);
    if (this.#calls.delete(callId)) this.#changed.emit(callId);
  }

  #tell(sessionId: SessionId, callId: CallId): void {
    const roster = this.#roster(sessionId, callId);
    for (const { socket } of this.#calls.get(callId)?.values() ?? []) socket.send(roster);
    this.#changed.emit(callId);
  }

  #roster(sessionId: SessionId, callId: CallId): RelayMessage {
    return { t: 'roster', sessionId, callId, participants: this.participants(callId) };
  }
}
