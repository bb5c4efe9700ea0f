import { createSubscriber } from 'svelte/reactivity';
import type { ErrorCode } from '#domain/error-codes.ts';
import {
  makeId,
  type CallId,
  type CommandId,
  type CustomerId,
  type EmployeeId,
  type MessageId,
  type NoteId,
  type ScreenshotId,
  type SessionId,
  type TicketId,
} from '#domain/ids.ts';
import type { PictureId } from '#domain/picture/picture-id.ts';
import { ok, refuse } from '#domain/result.ts';
import type { SessionCommandBody } from '#domain/session/commands.ts';
import {
  maxScreenshotBytes,
  screenshotTypes,
  type CallMode,
  type RatingScore,
  type SessionEvent,
} from '#domain/session/events.ts';
import { fullestMode } from '#domain/session/offered.ts';
import { callToRate } from '#domain/session/rating.ts';
import { unreadMessages } from '#domain/session/receipts.ts';
import type { SessionStatus } from '#domain/session/status.ts';
import { may } from '#domain/session/permissions.ts';
import {
  legOf,
  liveCall,
  type Call,
  type Leg,
  type VideoSession,
  type Visibility,
} from '#domain/session/video-session.ts';
import type { BlobItem } from '../storage/blob-store.ts';
import type { OutboxItem } from '../storage/person-store.ts';
import { isSessionEvent } from '#domain/protocol/streams.ts';
import type { LastWord } from '../sync/api-client.ts';
import type { BlobPlace } from '../sync/known-blob.ts';
import type { SessionEntry } from '../sync/session-view.ts';
import type { Proposal } from '../sync/sync-engine.ts';
import type { WorkspaceSlot } from '../sync/workspace-slot.ts';
import { manualStatuses, offerNames, offerVerdict, type Offer } from './offers.ts';
import type { Outcome } from './outcome.ts';
import { proposeJudged, type Kept } from './propose-judged.ts';

export type { Proposal };

/** A call command that this device has kept. */
export interface KeptCall extends Kept {
  readonly callId: CallId;
  readonly mode: CallMode;
}

/** A picture as it was taken: its bytes and size in pixels. */
export interface TakenPicture {
  bytes: ArrayBuffer | Blob;
  mediaType: string;
  width: number;
  height: number;
  callId?: string;
  /** What was shown of the call when it was taken. */
  picture?: PictureId;
}

/** One session on the screen: what it is, what the person can do to it now, and doing it. */
export class SessionState {
  readonly id: SessionId;
  readonly #slot: WorkspaceSlot;
  readonly #sources: readonly { on(listener: () => void): () => void }[];
  readonly #touch: () => void;
  #lastWord: LastWord | undefined;
  readonly #touchPictures: () => void;

  constructor(slot: WorkspaceSlot, id: string) {
    this.id = id as SessionId;
    this.#slot = slot;
    this.#sources = [slot.sessions, slot.directory, slot.connection, slot.calls];
    this.#touch = createSubscriber((update) => this.watch(update));
    this.#touchPictures = createSubscriber((update) => slot.pictures.on(update));
  }

  get entry(): SessionEntry | undefined {
    this.#touch();
    return this.#slot.current?.view.get(this.id);
  }

  get session(): VideoSession | undefined {
    return this.entry?.session;
  }

  /** 'missing': there is none, or the person may not see it (any more). */
  get state(): 'loading' | 'here' | 'missing' {
    if (this.entry) return 'here';
    const workspace = this.#slot.current;
    if (!workspace?.view.loaded) return 'loading';
    const { caughtUp, state } = workspace.engine.connection;
    return caughtUp || state === 'offline' ? 'missing' : 'loading';
  }

  /** Own commands that are on their way. */
  get pending(): readonly OutboxItem[] {
    return this.entry?.pending ?? [];
  }

  /** Every offer, and whether it stands now. */
  get offers(): Record<Offer, boolean> {
    return Object.fromEntries(offerNames.map((offer) => [offer, this.whyNot(offer) === undefined])) as Record<
      Offer,
      boolean
    >;
  }

  /** Why something cannot be done now; undefined when it can. */
  whyNot(offer: Offer): ErrorCode | undefined {
    const session = this.session;
    const workspace = this.#slot.current;
    if (!session || !workspace) return 'not-found';
    const context = workspace.views.judge.sessionContext(workspace.relayNowMs());
    const verdict = offerVerdict(offer, session, context);
    return verdict === true ? undefined : verdict;
  }

  /** The statuses that the person can set by hand now (F26). */
  get manualStatuses(): SessionStatus[] {
    const session = this.session;
    const workspace = this.#slot.current;
    if (!session || !workspace) return [];
    return manualStatuses(session, workspace.views.judge.sessionContext(workspace.relayNowMs()));
  }

  /** The completed call that this person is asked to rate; undefined where there is nothing to ask (F65). */
  get callToRate(): Call | undefined {
    const session = this.session;
    const self = this.#slot.current?.directory.subject.id;
    return session && self ? callToRate(session, self) : undefined;
  }

  /** The call that rings or runs. */
  get call(): Call | undefined {
    const session = this.session;
    return session && liveCall(session);
  }

  /** The person's own part in that call. */
  get ownLeg(): Leg | undefined {
    const call = this.call;
    const self = this.#slot.current?.directory.subject.id;
    return call && self ? legOf(call, self) : undefined;
  }

  confirm(): Promise<Outcome<Proposal>> {
    return this.#propose({ type: 'session.confirm', payload: {} });
  }

  decline(reason: string): Promise<Outcome<Proposal>> {
    return this.#propose({ type: 'session.decline', payload: { reason } });
  }

  withdraw(reason = ''): Promise<Outcome<Proposal>> {
    return this.#propose({ type: 'session.withdraw', payload: { reason } });
  }

  cancel(reason = ''): Promise<Outcome<Proposal>> {
    return this.#propose({ type: 'session.cancel', payload: { reason } });
  }

  close(): Promise<Outcome<Proposal>> {
    return this.#propose({ type: 'session.close', payload: {} });
  }

  reopen(): Promise<Outcome<Proposal>> {
    return this.#propose({ type: 'session.reopen', payload: {} });
  }

  /** Ends the call that runs, and the session with it. */
  endSession(): Promise<Outcome<Proposal>> {
    return this.#propose({ type: 'call.end-session', payload: {} });
  }

  /** By hand, along the legal rows; declining needs the reason. */
  setStatus(status: SessionStatus, reason = ''): Promise<Outcome<Proposal>> {
    return this.#propose({ type: 'session.set-status', payload: { status, reason } });
  }

  linkTicket(ticketId: string): Promise<Outcome<Proposal>> {
    return this.#propose({ type: 'session.link-ticket', payload: { ticketId: ticketId as TicketId } });
  }

  unlinkTicket(ticketId: string): Promise<Outcome<Proposal>> {
    return this.#propose({ type: 'session.unlink-ticket', payload: { ticketId: ticketId as TicketId } });
  }

  addNote(text: string): Promise<Outcome<Proposal>> {
    return this.#propose({ type: 'note.add', payload: { noteId: this.#newId<NoteId>(), text } });
  }

  rate(callId: string, score: RatingScore, comment = ''): Promise<Outcome<Proposal>> {
    return this.#propose({ type: 'rating.give', payload: { callId: callId as CallId, score, comment } });
  }

  skipRating(callId: string): Promise<Outcome<Proposal>> {
    return this.#propose({ type: 'rating.skip', payload: { callId: callId as CallId } });
  }

  /** Everything in the chat up to now has been before the person's eyes. */
  async markRead(): Promise<void> {
    const session = this.session;
    const subject = this.#slot.current?.directory.subject;
    const newest = session && subject && unreadMessages(session, subject.id).at(-1);
    if (!newest || !may(subject, 'markRead', session)) return;
    const { messageId } = newest;
    await this.#quietly({ type: 'chat.mark-read', payload: { messageId } });
  }

  setVisibility(visibility: Visibility): Promise<Outcome<Proposal>> {
    return this.#propose({ type: 'session.set-visibility', payload: { visibility } });
  }

  assign(employeeId: string): Promise<Outcome<Proposal>> {
    return this.#propose({ type: 'session.assign', payload: { employeeId: employeeId as EmployeeId } });
  }

  assignSelf(): Promise<Outcome<Proposal>> {
    return this.assign(this.#slot.current?.directory.subject.id ?? '');
  }

  /** Says which customer the session is of (F17). */
  linkCustomer(customerId: string): Promise<Outcome<Proposal>> {
    return this.#propose({
      type: 'session.link-customer',
      payload: { customerId: customerId as CustomerId },
    });
  }

  unlinkCustomer(): Promise<Outcome<Proposal>> {
    return this.#propose({ type: 'session.unlink-customer', payload: {} });
  }

  unassign(employeeId: string): Promise<Outcome<Proposal>> {
    return this.#propose({ type: 'session.unassign', payload: { employeeId: employeeId as EmployeeId } });
  }

  /** Sends a chat message; `messageId` is what `entry.isPending` knows it by. */
  async sendChat(text: string): Promise<Outcome<Proposal & { messageId: MessageId }>> {
    const messageId = this.#newId<MessageId>();
    const proposed = await this.#propose({ type: 'chat.send', payload: { messageId, text } });
    return proposed.ok ? ok({ ...proposed.value, messageId }) : proposed;
  }

  /** Rings the other side, with the most that is offered unless told otherwise. Resolves when it is kept here. */
  async beginCall(mode: CallMode = this.#fullestMode()): Promise<Outcome<KeptCall>> {
    const callId = this.#newId<CallId>();
    return this.#kept({ type: 'call.start', payload: { callId, mode } }, callId, mode);
  }

  /** Answers the call that rings, or joins the one that runs. Resolves when it is kept here. */
  async beginAnswer(mode: CallMode = this.#fullestMode()): Promise<Outcome<KeptCall>> {
    const call = this.call;
    if (!call) return refuse('no-call');
    return this.#kept({ type: 'call.answer', payload: { callId: call.id, mode } }, call.id, mode);
  }

  /** As `beginCall`, with the relay's word: a call that rings nowhere is none. */
  startCall(mode?: CallMode): Promise<Outcome<CallId>> {
    return this.#judged(this.beginCall(mode));
  }

  /** As `beginAnswer`, with the relay's word. */
  answer(mode?: CallMode): Promise<Outcome<CallId>> {
    return this.#judged(this.beginAnswer(mode));
  }

  async reject(): Promise<Outcome> {
    return this.#about((callId) => ({ type: 'call.reject', payload: { callId } }));
  }

  /** The media link of the call is up. */
  async linkUp(): Promise<Outcome> {
    return this.#about((callId) => ({ type: 'call.link-up', payload: { callId } }));
  }

  /** Hangs up. Resolves when it is kept on this device; a call that was over already is nothing to be told. */
  async leave(): Promise<Outcome> {
    const call = this.call;
    const workspace = this.#slot.current;
    if (!call || !workspace) return refuse('no-call');
    const commandId = this.#newId<CommandId>();
    const lastWord = { sessionId: this.id, callId: call.id, commandId };
    this.#lastWord = lastWord;
    const body = { type: 'call.leave', payload: { callId: call.id } } as const;
    const proposed = await workspace.engine.propose(this.id, body, commandId);
    const told = (): void => {
      if (this.#lastWord === lastWord) this.#lastWord = undefined;
    };
    if (!proposed.ok) {
      told();
      return proposed;
    }
    void this.#forgetRefused(proposed.value).finally(told);
    return ok(undefined);
  }

  /** The page goes: a hang-up that the relay has not answered is told once more, by the same id. */
  sayLastWord(): void {
    if (this.#lastWord) this.#slot.current?.api.leaveCallInPassing(this.#lastWord);
  }

  /** Calls back whenever something of the session, the link or the person may have changed. */
  watch(listener: () => void): () => void {
    const stops = this.#sources.map((source) => source.on(listener));
    return () => stops.forEach((stop) => stop());
  }

  /** Keeps the picture on this device first, then tells the log of it; its bytes follow by themselves. */
  async takeScreenshot(taken: TakenPicture): Promise<Outcome<ScreenshotId>> {
    const workspace = this.#slot.current;
    if (!workspace) return refuse('not-signed-in');
    const mediaType = screenshotTypes.find((type) => type === taken.mediaType);
    if (!mediaType) return refuse('type-not-allowed');
    const bytes = taken.bytes instanceof Blob ? await taken.bytes.arrayBuffer() : taken.bytes;
    if (bytes.byteLength > maxScreenshotBytes) return refuse('picture-too-large');
    const screenshotId = this.#newId<ScreenshotId>();
    const callId = (taken.callId ?? this.call?.id) as CallId | undefined;
    const payload = {
      screenshotId,
      ...(callId ? { callId } : {}),
      ...(callId && taken.picture ? { picture: taken.picture } : {}),
      bytes: bytes.byteLength,
      sha256: await workspace.sha256(bytes),
      mediaType,
      width: taken.width,
      height: taken.height,
    };
    const kept = await workspace.pictures.keep(this.#place(screenshotId), payload, bytes);
    if (!kept.ok) return kept;
    const proposed = await this.#propose({ type: 'screenshot.take', payload });
    if (proposed.ok) return ok(screenshotId);
    await workspace.store.blobs.remove(screenshotId);
    return proposed;
  }

  /** A picture's bytes: from this device, or from the relay with its hash verified. */
  async picture(screenshotId: string): Promise<Outcome<Blob>> {
    const workspace = this.#slot.current;
    if (!workspace) return refuse('not-signed-in');
    return workspace.pictures.get(this.#place(screenshotId as ScreenshotId));
  }

  /** Where a picture's bytes are; undefined when they are not on this device. */
  blob(screenshotId: string): BlobItem | undefined {
    this.#touchPictures();
    return this.#slot.current?.pictureItems.find((item) => item.itemId === screenshotId);
  }

  /** The accepted events, in order. */
  async log(): Promise<SessionEvent[]> {
    const events = (await this.#slot.current?.store.replica.log(this.id)) ?? [];
    return events.filter(isSessionEvent);
  }

  #fullestMode(): CallMode {
    const services = this.#slot.current?.directory.organization.settings.services;
    // Where nothing is offered, the relay says so.
    return (services && fullestMode(services)) ?? 'video';
  }

  #place(itemId: ScreenshotId): BlobPlace {
    return { kind: 'screenshot', streamId: this.id, itemId };
  }

  async #propose(body: SessionCommandBody): Promise<Outcome<Proposal>> {
    const workspace = this.#slot.current;
    return workspace ? workspace.engine.propose(this.id, body) : refuse('not-signed-in');
  }

  /** For what the person did not ask for: a refusal is nothing that they would have to read. */
  async #quietly(body: SessionCommandBody): Promise<void> {
    const proposed = await this.#propose(body);
    if (proposed.ok) await this.#forgetRefused(proposed.value);
  }

  async #forgetRefused({ commandId, settled }: Proposal): Promise<void> {
    if (!(await settled).ok) await this.#slot.current?.store.outbox.remove([commandId]);
  }

  async #about(body: (callId: CallId) => SessionCommandBody): Promise<Outcome> {
    const call = this.call;
    if (!call) return refuse('no-call');
    const proposed = await this.#propose(body(call.id));
    return proposed.ok ? ok(undefined) : proposed;
  }

  async #kept(body: SessionCommandBody, callId: CallId, mode: CallMode): Promise<Outcome<KeptCall>> {
    const workspace = this.#slot.current;
    if (!workspace) return refuse('not-signed-in');
    const kept = await proposeJudged(workspace, this.id, body);
    return kept.ok ? ok({ ...kept.value, callId, mode }) : kept;
  }

  async #judged(keeping: Promise<Outcome<KeptCall>>): Promise<Outcome<CallId>> {
    const kept = await keeping;
    if (!kept.ok) return kept;
    const answer = await kept.value.judged;
    return answer.ok ? ok(kept.value.callId) : answer;
  }

  #newId<T extends CallId | CommandId | MessageId | NoteId | ScreenshotId>(): T {
    const randomBytes = this.#slot.current?.runtime.randomBytes ?? ((length) => new Uint8Array(length));
    return makeId<T>(randomBytes);
  }
}
