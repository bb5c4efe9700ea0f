import { createSubscriber } from 'svelte/reactivity';
import type { CommandId } from '#domain/ids.ts';
import type { BlobId, BlobItem } from '../storage/blob-store.ts';
import type { OutboxItem } from '../storage/person-store.ts';
import type { WorkspaceSlot } from '../sync/workspace-slot.ts';

/** What this device has and the relay has not. */
export class OutboxState {
  readonly #slot: WorkspaceSlot;
  readonly #touch: () => void;

  constructor(slot: WorkspaceSlot) {
    this.#slot = slot;
    this.#touch = createSubscriber((update) => {
      const sources = [slot.sessions, slot.tickets, slot.organization, slot.pictures];
      const stops = sources.map((source) => source.on(update));
      return () => stops.forEach((stop) => stop());
    });
  }

  /** Commands on their way, the oldest first. */
  get waiting(): OutboxItem[] {
    return this.#items().filter((item) => item.state !== 'refused');
  }

  /** Commands that were refused, with the reason, until dismissed. */
  get refused(): OutboxItem[] {
    return this.#items().filter((item) => item.state === 'refused');
  }

  /** Pictures and files that the relay has not verified yet. */
  get pictures(): BlobItem[] {
    this.#touch();
    return (this.#slot.current?.pictureItems ?? []).filter((item) => item.state !== 'verified');
  }

  /** Commands and pictures on their way. */
  get count(): number {
    return this.waiting.length + this.pictures.filter((item) => item.state !== 'refused').length;
  }

  /** Tries a refused command or picture once more. */
  async retry(id: string): Promise<void> {
    const workspace = this.#slot.current;
    if (!workspace) return;
    if (this.pictures.some((item) => item.itemId === id)) await workspace.uploader.retry(id as BlobId);
    else await workspace.store.outbox.retry(id as CommandId);
    workspace.engine.nudge();
  }

  /** A refused command or picture has been read: it goes. Nothing that is still on its way can be dismissed. */
  async dismiss(id: string): Promise<void> {
    const store = this.#slot.current?.store;
    if (!store) return;
    const picture = this.pictures.find((item) => item.itemId === id && item.state === 'refused');
    if (picture) await store.blobs.remove(picture.itemId);
    else if (this.refused.some((item) => item.id === id)) await store.outbox.remove([id as CommandId]);
  }

  async dismissAll(): Promise<void> {
    const pictures = this.pictures.filter((item) => item.state === 'refused').map((item) => item.itemId);
    for (const id of [...this.refused.map((item) => item.id), ...pictures]) await this.dismiss(id);
  }

  /** What the person did. Receipts go by themselves and are nobody's work. */
  #items(): readonly OutboxItem[] {
    this.#touch();
    const items = this.#slot.current?.views.outbox ?? [];
    return items.filter(({ command }) => !/^(chat|ticket)\.mark-/.test(command.type));
  }
}
