import type { CallSnapshot } from '../../call/call-snapshot.ts';

/** Something that plays one participant's voice. */
export interface SoundOutlet {
  /** Within a gesture: browsers may want one before they play. */
  play(): void;
}

/** What is to be heard of the call, on whatever page, and by which device. The shell plays it. */
export class CallSound {
  readonly #source: { readonly snapshot: CallSnapshot };
  #blocked = $state.raw<ReadonlySet<SoundOutlet>>(new Set());
  #deviceId = $state('');

  constructor(source: { readonly snapshot: CallSnapshot }) {
    this.#source = source;
  }

  /** One voice for each of the others. */
  get voices(): readonly { readonly participantId: string; readonly stream: MediaStream | null }[] {
    return this.#source.snapshot.participants.map(({ participantId, audioStream }) => ({
      participantId,
      stream: audioStream,
    }));
  }

  /** The output as `setSinkId` knows it; empty: the one that the system chooses. */
  get deviceId(): string {
    return this.#deviceId;
  }

  choose(deviceId: string): void {
    this.#deviceId = deviceId;
  }

  /** The browser plays nothing before a tap. */
  get blocked(): boolean {
    return this.#blocked.size > 0;
  }

  /** An outlet was refused by the browser, or plays after all. */
  tell(outlet: SoundOutlet, blocked: boolean): void {
    if (this.#blocked.has(outlet) === blocked) return;
    const next = new Set(this.#blocked);
    if (blocked) next.add(outlet);
    else next.delete(outlet);
    this.#blocked = next;
  }

  /** Within a gesture. */
  unblock(): void {
    for (const outlet of this.#blocked) outlet.play();
  }
}
