import { applyAwarenessUpdate, encodeAwarenessUpdate, type Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import type { DocumentProviderFactory } from '../document-provider.ts';
import { ProviderStatus } from './provider-status.ts';

interface Room {
  kept: Y.Doc;
  members: Set<{ doc: Y.Doc; awareness: Awareness }>;
}

/** A place in memory that several documents share: for tests, and for pages that keep nothing. */
export class MemoryPlace {
  readonly #rooms = new Map<string, Room>();

  readonly provider: DocumentProviderFactory = ({ name, doc, awareness }) => {
    const room = this.#rooms.get(name) ?? { kept: new Y.Doc(), members: new Set() };
    this.#rooms.set(name, room);
    const member = { doc, awareness };
    const status = new ProviderStatus();
    let destroyed = false;

    const onUpdate = (update: Uint8Array, origin: unknown): void => {
      if (origin === this) return;
      Y.applyUpdate(room.kept, update, this);
      for (const other of room.members) if (other !== member) Y.applyUpdate(other.doc, update, this);
    };
    const onAwareness = (changes: AwarenessChanges, origin: unknown): void => {
      if (origin === this) return;
      const clients = [...changes.added, ...changes.updated, ...changes.removed];
      const update = encodeAwarenessUpdate(awareness, clients);
      for (const other of room.members) {
        if (other !== member) applyAwarenessUpdate(other.awareness, update, this);
      }
    };

    // Asynchronous like every other place, so that nobody relies on a document being filled at once.
    queueMicrotask(() => {
      if (destroyed) return;
      onUpdate(Y.encodeStateAsUpdate(doc), undefined);
      Y.applyUpdate(doc, Y.encodeStateAsUpdate(room.kept), this);
      room.members.add(member);
      doc.on('update', onUpdate);
      awareness.on('update', onAwareness);
      onAwareness({ added: [doc.clientID], updated: [], removed: [] }, undefined);
      for (const other of room.members) {
        const clients = [...other.awareness.getStates().keys()];
        if (other !== member) {
          applyAwarenessUpdate(awareness, encodeAwarenessUpdate(other.awareness, clients), this);
        }
      }
      status.set('synced', true);
    });

    return {
      name: 'memory',
      get state() {
        return status.state;
      },
      get holdsAll() {
        return status.holdsAll;
      },
      onState: (listener) => status.on(listener),
      whenSynced: () => status.whenSynced(),
      destroy: async () => {
        destroyed = true;
        room.members.delete(member);
        doc.off('update', onUpdate);
        awareness.off('update', onAwareness);
        status.set('offline', status.holdsAll, 'relay-unreachable');
      },
    };
  };
}

interface AwarenessChanges {
  added: number[];
  updated: number[];
  removed: number[];
}
