import { createSubscriber } from 'svelte/reactivity';
import type { CallEngine } from '../call/call-engine.ts';
import type { CallSnapshot } from '../call/call-snapshot.ts';
import { liveKinds } from '#domain/protocol/live-kinds.ts';
import type { KeptStrokes } from './call-ports.ts';
import type { VisionState } from './VisionState.svelte.ts';

export type { CallSnapshot };

/** The call that this tab is in: what the window shows, and what it can do. */
export class CallState {
  readonly sessionId: string;
  readonly callId: string;
  readonly engine: CallEngine;
  /** Undefined until the document is open, and where it could not be opened: strokes are then shown, not kept. */
  strokes = $state.raw<KeptStrokes>();
  /** Undefined until its code is here; the call goes on without. */
  vision = $state.raw<VisionState>();
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

  /** A stroke while it is drawn, to one of the others or to all; may get lost. */
  sendStroke(bytes: Uint8Array, to?: string): void {
    this.engine.sendLive(liveKinds.stroke, bytes, to);
  }

  onStroke(listener: (from: string, bytes: Uint8Array) => void): () => void {
    return this.engine.onLive(liveKinds.stroke, listener);
  }

  async close(): Promise<void> {
    // What was followed is written down before its place is closed.
    this.vision?.live.close();
    this.strokes?.close();
    await this.engine.hangUp();
  }
}
