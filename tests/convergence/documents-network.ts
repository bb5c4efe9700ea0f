import * as Y from 'yjs';
import type { Chance } from './kit/chance.ts';

/** Replicas whose updates to each other are late, doubled, out of order, or lost until they meet again. */
export class ShuffledNetwork {
  readonly docs: Y.Doc[];
  readonly #chance: Chance;
  #underway: { to: number; update: Uint8Array }[] = [];

  constructor(replicas: number, chance: Chance) {
    this.#chance = chance;
    this.docs = Array.from({ length: replicas }, (_, i) => {
      const doc = new Y.Doc();
      doc.on('update', (update: Uint8Array, origin: unknown) => {
        if (origin === this) return;
        for (let to = 0; to < replicas; to += 1) if (to !== i) this.#underway.push({ to, update });
      });
      return doc;
    });
  }

  /** Delivers some of what is under way: any of it, some of it twice, some of it never. */
  deliverSome(): void {
    const count = this.#chance.below(this.#underway.length + 1);
    for (let i = 0; i < count; i += 1) {
      const at = this.#chance.below(this.#underway.length);
      const [message] = this.#underway.splice(at, 1);
      if (!message) return;
      const luck = this.#chance.next();
      if (luck < 0.15) continue;
      this.#apply(message);
      if (luck > 0.85) this.#underway.push(message);
    }
  }

  /** All links are back: everybody asks everybody for what they lack, as after a reconnect. */
  meet(): void {
    this.#underway = [];
    for (let round = 0; round < 2; round += 1) {
      for (const [from, one] of this.docs.entries()) {
        for (const [to, other] of this.docs.entries()) {
          if (from === to) continue;
          const missing = Y.encodeStateAsUpdate(one, Y.encodeStateVector(other));
          this.#apply({ to, update: missing });
        }
      }
    }
  }

  #apply({ to, update }: { to: number; update: Uint8Array }): void {
    const doc = this.docs[to];
    if (doc) Y.applyUpdate(doc, update, this);
  }
}
