import { createSubscriber } from 'svelte/reactivity';
import type { WorkspaceSlot } from '../sync/workspace-slot.ts';
import type { Person } from '#domain/session/subject.ts';
import type { VideoSession } from '#domain/session/video-session.ts';
import {
  noticeOf,
  ringingOf,
  sessionDrafts,
  ticketDraft,
  type Draft,
  type Notice,
  type Ringing,
} from './notices.ts';

/** How a conversation is marked as read on all devices. */
export interface NoticeParts {
  readConversation?(about: Pick<Notice, 'sessionId' | 'ticketId'>): Promise<unknown>;
}

/** What the person should learn of, and the call that rings for them. */
export class NotificationsState {
  readonly #slot: WorkspaceSlot;
  readonly #parts: NoticeParts;
  readonly #touch: () => void;
  readonly #touchConnection: () => void;
  /** A session never changes, a new one takes its place: what one of ten thousand has to tell is found once. */
  #drafts = new WeakMap<VideoSession, readonly Draft[]>();
  #draftsFor: Person | undefined;
  #cached: { key: readonly unknown[]; items: Notice[] } | undefined;

  constructor(slot: WorkspaceSlot, parts: NoticeParts = {}) {
    this.#slot = slot;
    this.#parts = parts;
    this.#touch = createSubscriber((update) => {
      const stops = this.#watch(update);
      return () => stops.forEach((stop) => stop());
    });
    this.#touchConnection = createSubscriber((update) => slot.connection.on(update));
  }

  /** The newest first. */
  get items(): Notice[] {
    this.#touch();
    return this.#read();
  }

  get unread(): number {
    return this.items.filter((notice) => !notice.read).length;
  }

  /**
   * The call that rings for the person. None without a link: nobody could be reached; and none before all that the
   * relay had is here: a call that is kept as ringing may have been over for long.
   */
  get ringing(): Ringing | undefined {
    this.#touch();
    this.#touchConnection();
    const workspace = this.#slot.current;
    if (!workspace?.engine.connection.caughtUp) return undefined;
    const nowMs = workspace.relayNowMs();
    for (const { session } of workspace.view.list) {
      const ringing = ringingOf(session, workspace.directory.subject, nowMs);
      if (ringing) return ringing;
    }
    return undefined;
  }

  /** It was seen on this device. Says nothing to the other side. */
  async markRead(id: string): Promise<void> {
    await this.#slot.current?.store.seen.mark([id]);
  }

  /** The person says that they have read it: of a message the other side learns so (F102, F103). */
  async acknowledge(notice: Notice): Promise<void> {
    await this.markRead(notice.id);
    if (notice.kind === 'message') await this.#parts.readConversation?.(notice);
  }

  async markAllRead(): Promise<void> {
    const unread = this.#read().filter((notice) => !notice.read);
    if (unread.length > 0) await this.#slot.current?.store.seen.mark(unread.map((notice) => notice.id));
    for (const notice of unread) if (notice.kind === 'message') await this.#parts.readConversation?.(notice);
  }

  /**
   * Calls back once in this tab for every unread notice: for those that wait already, and for each that arrives.
   * Returns the way to stop.
   */
  onArrived(listener: (notice: Notice) => void): () => void {
    const told = new Set<string>();
    const look = (): void => {
      if (!this.#slot.current?.view.loaded) return;
      for (const notice of this.#read()) {
        if (notice.read || told.has(notice.id)) continue;
        told.add(notice.id);
        listener(notice);
      }
    };
    const stops = this.#watch(look);
    look();
    return () => stops.forEach((stop) => stop());
  }

  #watch(listener: () => void): (() => void)[] {
    const { sessions, tickets, seen, directory } = this.#slot;
    return [sessions, tickets, seen, directory].map((emitter) => emitter.on(listener));
  }

  #read(): Notice[] {
    const workspace = this.#slot.current;
    // Until it is known what was seen nothing may ring out as new.
    if (!workspace?.seen) return [];
    const { directory, seen, firstOpenedAtMs } = workspace;
    const { subject } = directory;
    const sessions = workspace.view.list;
    const tickets = workspace.views.tickets.list;
    const key = [directory, seen, sessions, tickets];
    if (this.#cached && key.every((one, index) => one === this.#cached?.key[index]))
      return this.#cached.items;
    if (this.#draftsFor !== subject) this.#drafts = new WeakMap();
    this.#draftsFor = subject;
    const answersFor = new Set(
      directory.devices
        .filter((device) => device.responsible.some((one) => one.id === subject.id))
        .map((device) => device.id),
    );
    const drafts = [
      ...sessions.flatMap(({ session }) => this.#draftsOf(session, subject)),
      ...tickets.flatMap(
        ({ ticket }) => ticketDraft(ticket, subject, answersFor.has(ticket.device.id)) ?? [],
      ),
    ];
    const context = { subject, seen, firstOpenedAtMs };
    const items = drafts.map((draft) => noticeOf(draft, context)).sort((a, b) => b.atMs - a.atMs);
    this.#cached = { key, items };
    return items;
  }

  #draftsOf(session: VideoSession, subject: Person): readonly Draft[] {
    const known = this.#drafts.get(session) ?? sessionDrafts(session, subject);
    this.#drafts.set(session, known);
    return known;
  }
}
