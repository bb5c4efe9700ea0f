import { createSubscriber } from 'svelte/reactivity';
import type { ErrorCode } from '#domain/error-codes.ts';
import { makeId, type CallId, type DeviceId, type SessionId, type TicketId } from '#domain/ids.ts';
import { ok, refuse } from '#domain/result.ts';
import type { SessionCommandBody } from '#domain/session/commands.ts';
import { fullestMode, offersSessions } from '#domain/session/offered.ts';
import { openingVerdict } from '#domain/session/permissions.ts';
import { sessionStatuses, type SessionStatus } from '#domain/session/status.ts';
import { liveCall } from '#domain/session/video-session.ts';
import type { SessionEntry } from '../sync/session-view.ts';
import type { WorkspaceSlot } from '../sync/workspace-slot.ts';
import type { Outcome } from './outcome.ts';
import { proposeJudged } from './propose-judged.ts';
import { isKnown } from './known.ts';
import { keepReceipts } from './receipt-keeper.ts';

/** All sessions that the person may see, as far as they are on this device. */
export class SessionsState {
  readonly #slot: WorkspaceSlot;
  readonly #touch: () => void;

  constructor(slot: WorkspaceSlot) {
    this.#slot = slot;
    this.#touch = createSubscriber((update) => {
      const stops = [slot.sessions.on(update), slot.directory.on(update), slot.connection.on(update)];
      return () => stops.forEach((stop) => stop());
    });
  }

  /** Whether the list is all there is, as far as anybody here can know: only then may it be called empty. */
  get loaded(): boolean {
    this.#touch();
    return isKnown(this.#slot.current, this.#slot.current?.view);
  }

  /** The session that changed last comes first. */
  get list(): readonly SessionEntry[] {
    this.#touch();
    return this.#slot.current?.view.list ?? [];
  }

  get counts(): Record<SessionStatus, number> {
    const counts = Object.fromEntries(sessionStatuses.map((status) => [status, 0])) as Record<
      SessionStatus,
      number
    >;
    for (const { session } of this.list) counts[session.status] += 1;
    return counts;
  }

  /** Sessions in which a call rings or runs. */
  get running(): SessionEntry[] {
    return this.list.filter(({ session }) => liveCall(session) !== undefined);
  }

  byStatus(...statuses: SessionStatus[]): SessionEntry[] {
    return this.list.filter(({ session }) => statuses.includes(session.status));
  }

  forDevice(deviceId: string): SessionEntry[] {
    return this.list.filter(({ session }) => session.device.id === deviceId);
  }

  get(id: string): SessionEntry | undefined {
    this.#touch();
    return this.#slot.current?.view.get(id as SessionId);
  }

  /** There are video sessions for the machine at all: the module is on (F2, F28, F42). */
  get areOffered(): boolean {
    this.#touch();
    const directory = this.#slot.current?.directory;
    if (!directory) return false;
    const supportEnabled = directory.devices[0]?.supportEnabled ?? true;
    return offersSessions({ services: directory.organization.settings.services, supportEnabled });
  }

  /** Why a code user cannot request a session; undefined when they can. */
  get whyNotRequest(): ErrorCode | undefined {
    this.#touch();
    const directory = this.#slot.current?.directory;
    if (!directory) return 'not-signed-in';
    if (directory.subject.kind !== 'codeUser') return 'forbidden';
    const { settings } = directory.organization;
    if (!this.areOffered)
      return directory.devices[0]?.supportEnabled === false ? 'support-switched-off' : 'service-switched-off';
    return settings.allowRequests ? undefined : 'requests-switched-off';
  }

  /** A code user may call at once, without a request (F14). */
  get mayCallDirectly(): boolean {
    this.#touch();
    const directory = this.#slot.current?.directory;
    if (directory?.subject.kind !== 'codeUser') return false;
    const { settings } = directory.organization;
    return this.areOffered && openingVerdict(directory.subject, 'callDirectly', settings) === true;
  }

  /** Opens a session and rings. Waits for the relay's word, because a call that rings nowhere is none. */
  async callDirectly(): Promise<Outcome<SessionId>> {
    const workspace = this.#slot.current;
    if (!workspace) return refuse('not-signed-in');
    const { randomBytes } = workspace.runtime;
    const id = makeId<SessionId>(randomBytes);
    const callId = makeId<CallId>(randomBytes);
    const mode = fullestMode(workspace.directory.organization.settings.services) ?? 'video';
    const answer = await proposeJudged(workspace, id, {
      type: 'session.call-directly',
      payload: { reason: '', ticketIds: [], callId, mode },
    });
    return answer.ok ? ok(id) : answer;
  }

  /** Tells the relay what of the chats has come to this device; returns the way to stop. */
  keepReceipts(): () => void {
    return keepReceipts(this.#slot);
  }

  get mayRequest(): boolean {
    return this.whyNotRequest === undefined;
  }

  /** A code user asks for a session. Kept at once, sent when there is a link. */
  request(asked: { reason: string; ticketIds?: string[] }): Promise<Outcome<SessionId>> {
    return this.#open({
      type: 'session.request',
      payload: { reason: asked.reason, ticketIds: (asked.ticketIds ?? []) as TicketId[] },
    });
  }

  /** An employee opens a session, confirmed at once. */
  create(asked: { deviceId: string; reason?: string; ticketIds?: string[] }): Promise<Outcome<SessionId>> {
    return this.#open({
      type: 'session.create',
      payload: {
        deviceId: asked.deviceId as DeviceId,
        reason: asked.reason ?? '',
        ticketIds: (asked.ticketIds ?? []) as TicketId[],
      },
    });
  }

  async #open(body: SessionCommandBody): Promise<Outcome<SessionId>> {
    const workspace = this.#slot.current;
    if (!workspace) return refuse('not-signed-in');
    const id = makeId<SessionId>(workspace.runtime.randomBytes);
    const proposed = await workspace.engine.propose(id, body);
    return proposed.ok ? ok(id) : proposed;
  }
}
