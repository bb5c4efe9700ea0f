import type { Actor, Person } from '#domain/session/subject.ts';
import { openLegs, participantOrder, type Call, type VideoSession } from '#domain/session/video-session.ts';
import type { CallParticipant, CallSnapshot } from '../../call/call-snapshot.ts';

export interface CallPeopleSource {
  readonly callId: string;
  readonly self: Person;
  readonly snapshot: CallSnapshot;
  readonly record: VideoSession | undefined;
}

/** Who is in the call: what the link shows and what the log says, side by side. */
export class CallPeople {
  readonly #source: CallPeopleSource;

  constructor(source: CallPeopleSource) {
    this.#source = source;
  }

  /** The call in the session's record. */
  get call(): Call | undefined {
    const { record, callId } = this.#source;
    return record?.calls.find((one) => one.id === callId);
  }

  /** All who ever were in the call, in the order of joining: the same on all sides. */
  get order(): readonly string[] {
    return this.call ? participantOrder(this.call) : [];
  }

  /** Those whose device was heard of. */
  get others(): readonly CallParticipant[] {
    return this.#source.snapshot.participants;
  }

  get otherIds(): readonly string[] {
    return this.others.map(({ participantId }) => participantId);
  }

  /** Who is on the other side, or who is being called. */
  get other(): Actor {
    const [first] = this.others;
    if (first)
      return {
        kind: first.kind,
        id: first.participantId,
        name: this.actorOf(first.participantId).name ?? first.name,
      };
    const { record, self } = this.#source;
    if (self.kind !== 'employee') return { kind: 'employee', ...(record?.assigned[0] ?? {}) };
    return !record || record.openedBy.kind === 'employee' ? { kind: 'codeUser' } : record.openedBy;
  }

  /** As the log names the participant; without a name for whoever it does not know. */
  actorOf(participantId: string): Actor {
    const leg = this.call?.legs.find((one) => one.participantId === participantId);
    if (leg) return { kind: leg.kind, id: leg.participantId, name: leg.name };
    const heard = this.others.find((one) => one.participantId === participantId);
    return heard
      ? { kind: heard.kind, id: heard.participantId, name: heard.name }
      : { kind: 'codeUser', id: participantId, name: '' };
  }

  /**
   * Those who are on the line although, by the log, they have left. Of whom the log does not know yet, they may have
   * been quicker than it: whom the relay lets into a call has a place there.
   */
  get leftByLog(): readonly string[] {
    const { call } = this;
    if (!call) return [];
    const present = new Set(openLegs(call).map((leg) => leg.participantId));
    const known = new Set(call.legs.map((leg) => leg.participantId));
    return this.otherIds.filter((id) => known.has(id) && !present.has(id));
  }
}
