import { createSubscriber } from 'svelte/reactivity';
import type { WorkspaceSlot } from '../sync/workspace-slot.ts';
import { noticesOf, ringingOf, type Notice, type Ringing } from './notices.ts';

/** What the person should learn of, and the call that rings for them. */
export class NotificationsState {
  readonly #slot: WorkspaceSlot;
  readonly #touch: () => void;
  readonly #touchConnection: () => void;

  constructor(slot: WorkspaceSlot) {
    this.#slot = slot;
    this.#touch = createSubscriber((update) => {
      const stops = [slot.sessions.on(update), slot.seen.on(update), slot.directory.on(update)];
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

  /** The call that rings for the person. None without a link: nobody could be reached. */
  get ringing(): Ringing | undefined {
    this.#touch();
    this.#touchConnection();
    const workspace = this.#slot.current;
    if (!workspace || workspace.engine.connection.state === 'offline') return undefined;
    const nowMs = workspace.relayNowMs();
    for (const { session } of workspace.view.list) {
      const ringing = ringingOf(session, workspace.directory.subject, nowMs);
      if (ringing) return ringing;
    }
    return undefined;
  }

  async markRead(id: string): Promise<void> {
    await this.#slot.current?.store.seen.mark([id]);
  }

  async markAllRead(): Promise<void> {
    const unread = this.#read().filter((notice) => !notice.read);
    if (unread.length > 0) await this.#slot.current?.store.seen.mark(unread.map((notice) => notice.id));
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
    const stops = [this.#slot.sessions.on(look), this.#slot.directory.on(look), this.#slot.seen.on(look)];
    look();
    return () => stops.forEach((stop) => stop());
  }

  #read(): Notice[] {
    const workspace = this.#slot.current;
    // Until it is known what was seen nothing may ring out as new.
    if (!workspace?.seen) return [];
    const context = {
      subject: workspace.directory.subject,
      seen: workspace.seen,
      firstOpenedAtMs: workspace.firstOpenedAtMs,
    };
    return workspace.view.list
      .flatMap(({ session }) => noticesOf(session, context))
      .sort((a, b) => b.atMs - a.atMs);
  }
}
