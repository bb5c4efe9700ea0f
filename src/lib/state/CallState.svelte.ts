import { createSubscriber } from 'svelte/reactivity';
import type { CallEngine } from '../call/call-engine.ts';
import type { CallSnapshot } from '../call/call-snapshot.ts';
import { liveKinds } from '#domain/protocol/live-kinds.ts';
import type { KeptStrokes } from './call-ports.ts';

export type { CallSnapshot };

/** The call that this tab is in: what the window shows, and what it can do. */
export class CallState {
  readonly sessionId: string;
  readonly callId: string;
  readonly engine: CallEngine;
  /** Undefined until the document is open, and where it could not be opened: strokes are then shown, not kept. */
  strokes = $state.raw<KeptStrokes>();
  readonly #subscribe: () => void;

  constructor(sessionId: string, callId: string, engine: CallEngine) {
    this.sessionId = sessionId;
    this.callId = callId;
    this.engine = engine;
    this.#subscribe = createSubscriber((update) => engine.subscribe(() => update()));
  }

  get snapshot(): CallSnapshot {
    this.#subscribe();
    return this.engine.snapshot;
  }

  /** A stroke while it is drawn, to everybody in the call; may get lost. */
  sendStroke(bytes: Uint8Array): void {
    this.engine.sendLive(liveKinds.stroke, bytes);
  }

  onStroke(listener: (from: string, bytes: Uint8Array) => void): () => void {
    return this.engine.onLive(liveKinds.stroke, listener);
  }

  async close(): Promise<void> {
    this.strokes?.close();
    await this.engine.hangUp();
  }
}
