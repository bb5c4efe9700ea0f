import type { CallParticipant } from './call-snapshot.ts';
import type { CallTransport, LinkQuality, LinkState, TrackSource } from './call-transport.ts';
import { worstQuality } from './link-quality.ts';

const streamKeys = {
  microphone: 'audioStream',
  camera: 'cameraStream',
  screen: 'screenStream',
} as const satisfies Record<TrackSource, keyof CallParticipant>;

const linkOrder: readonly LinkState[] = ['connected', 'reconnecting', 'connecting', 'lost'];

/** The other participants, as the transport tells of them. Each entry is replaced when something of it changes. */
export class Others {
  readonly #makeStream: (track: MediaStreamTrack) => MediaStream;
  readonly #nowMs: () => number;
  #list: readonly CallParticipant[] = [];

  constructor(options: { makeStream: (track: MediaStreamTrack) => MediaStream; nowMs: () => number }) {
    this.#makeStream = options.makeStream;
    this.#nowMs = options.nowMs;
  }

  get participants(): readonly CallParticipant[] {
    return this.#list;
  }

  /** The best link to anybody. */
  get link(): LinkState {
    const states = this.#list.map((one) => one.link);
    return linkOrder.find((state) => states.includes(state)) ?? 'connecting';
  }

  get quality(): LinkQuality {
    return worstQuality(this.#list.flatMap((one) => (one.link === 'connected' ? one.quality : [])));
  }

  /** Listens to the transport; `changed` is called after every change. Returns the way to stop. */
  follow(transport: CallTransport, changed: () => void): () => void {
    const set = (participantId: string, part: Partial<CallParticipant>) => {
      this.#list = this.#list.map((one) => (one.participantId === participantId ? { ...one, ...part } : one));
      changed();
    };
    const stops = [
      transport.on('participantJoined', (participant) => {
        this.#list = [
          ...this.#list.filter((one) => one.participantId !== participant.participantId),
          {
            ...participant,
            link: 'connecting',
            linkChangedAtMs: this.#nowMs(),
            media: { microphone: 'none', camera: 'none', screen: 'none' },
            quality: { level: 'none' },
            audioStream: null,
            cameraStream: null,
            screenStream: null,
          },
        ];
        changed();
      }),
      transport.on('participantLeft', (participantId) => {
        this.#list = this.#list.filter((one) => one.participantId !== participantId);
        changed();
      }),
      transport.on('linkChanged', (id, link) => {
        // Until it is measured, a link that stands is taken to be a good one.
        const quality: LinkQuality = { level: link === 'connected' ? 'good' : 'none' };
        set(id, { link, linkChangedAtMs: this.#nowMs(), quality });
      }),
      transport.on('trackChanged', (id, source, track) => {
        set(id, { [streamKeys[source]]: track && this.#makeStream(track) });
      }),
      transport.on('mediaChanged', (id, media) => set(id, { media })),
      transport.on('qualityChanged', (id, quality) => set(id, { quality })),
    ];
    return () => stops.forEach((stop) => stop());
  }

  clear(): void {
    this.#list = [];
  }
}
