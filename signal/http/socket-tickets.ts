import type { ErrorCode } from '#domain/error-codes.ts';
import type { CallId, SessionId } from '#domain/ids.ts';
import type { SocketTicket, TicketPurpose } from '#domain/protocol/http.ts';
import { refuse, type Result } from '#domain/result.ts';
import { verdict } from '#domain/session/permissions.ts';
import type { Person } from '#domain/session/subject.ts';
import { legOf, liveCall, type VideoSession } from '#domain/session/video-session.ts';
import { iceServers } from '../calls/turn.ts';
import type { SignedIn } from '../people/people-service.ts';
import type { RelayClock } from '../clock.ts';
import type { RelayConfig, Sessions } from '../ports.ts';
import { keyedHash } from '../secrets.ts';
import type { PeerIds } from '../sockets/peer-ids.ts';
import type { Tickets } from '../sockets/tickets.ts';
import { WindowLimit } from './limits.ts';

export type TicketRequest =
  | { purpose: Exclude<TicketPurpose, 'calls' | 'y-webrtc'> }
  | { purpose: 'calls' | 'y-webrtc'; sessionId: SessionId; callId: CallId; ahead?: boolean | undefined };

/** How long a request that came ahead waits for the place in the call. */
const aheadMs = 3_000;

/** A page opens four sockets and reopens them after each loss. */
const mintLimit = { points: 240, windowMs: 60_000 };

/** Mints socket tickets. For the sockets of a call only whoever may take part in it, while it lives, gets one. */
export class TicketOffice {
  readonly #parts: {
    sessions: Sessions;
    tickets: Tickets;
    peerIds: PeerIds;
    config: Pick<RelayConfig, 'turn'>;
    clock: RelayClock;
    secretKey: string;
  };
  readonly #limit: WindowLimit;

  constructor(parts: {
    sessions: Sessions;
    tickets: Tickets;
    peerIds: PeerIds;
    config: Pick<RelayConfig, 'turn'>;
    clock: RelayClock;
    secretKey: string;
  }) {
    this.#parts = parts;
    this.#limit = new WindowLimit(parts.clock, mintLimit);
  }

  async mint(
    request: TicketRequest,
    { person, signInId }: SignedIn,
  ): Promise<Result<SocketTicket, ErrorCode>> {
    if (!this.#limit.take(signInId)) return refuse('too-many-requests');
    const { tickets, peerIds, config, clock, secretKey } = this.#parts;
    if (!('callId' in request)) {
      const { purpose } = request;
      return { ok: true, value: tickets.mint({ purpose, person, signInId }) };
    }
    const { purpose, sessionId, callId } = request;
    const refused = await this.#whyNot(person, request);
    if (refused) return refuse(refused);
    const claims = { purpose, person, signInId, sessionId, callId };
    if (purpose === 'y-webrtc') {
      const room = keyedHash(secretKey, `room:${callId}`);
      return { ok: true, value: { ...tickets.mint({ ...claims, room }), room } };
    }
    const peerId = peerIds.mint(person.id, callId);
    return {
      ok: true,
      value: {
        ...tickets.mint({ ...claims, peerId }),
        peerId,
        iceServers: iceServers(config, clock.nowMs(), person.id),
      },
    };
  }

  /** Who asks ahead of the command is judged at every change of the session, until there is a place or time is up. */
  async #whyNot(
    person: Person,
    { sessionId, callId, ahead }: Extract<TicketRequest, { callId: CallId }>,
  ): Promise<ErrorCode | undefined> {
    const { sessions, clock } = this.#parts;
    const judge = async () => {
      const session = await sessions.get(sessionId);
      return session ? whyNotInCall(person, session, callId) : 'not-found';
    };
    if (!ahead) return judge();
    let timeUp = false;
    let wake = (): void => undefined;
    // Listens before it judges, so that no change falls between the two.
    const stop = sessions.onAppended((session) => {
      if (session.id === sessionId) wake();
    });
    const cancel = clock.after(aheadMs, () => {
      timeUp = true;
      wake();
    });
    try {
      for (;;) {
        const changed = new Promise<void>((resolve) => (wake = resolve));
        const refused = await judge();
        if (refused !== 'no-call' || timeUp) return refused;
        await changed;
      }
    } finally {
      cancel();
      stop();
    }
  }
}

/** Why a person gets no place at a call's sockets; undefined when there is no reason. */
function whyNotInCall(person: Person, session: VideoSession, callId: CallId): ErrorCode | undefined {
  const allowed = verdict(person, 'answerCall', session);
  if (allowed !== true) return allowed;
  const call = liveCall(session);
  if (!call || call.id !== callId)
    return session.calls.some((one) => one.id === callId) ? 'call-over' : 'no-call';
  if (legOf(call, person.id)) return undefined;
  // Who is rung may get ready before answering; a call that runs is for those in it.
  return call.state === 'ringing' && call.startedBy.kind !== person.kind ? undefined : 'no-call';
}
