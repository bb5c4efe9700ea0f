import type { RosterEntry } from '#domain/protocol/sync-messages.ts';
import {
  trackSources,
  type LinkState,
  type RemoteMedia,
  type RemoteParticipant,
  type TrackSource,
} from '../../call-transport.ts';
import type { LinkSample } from '../../link-quality.ts';
import { isLost, nextLinkAction, type LinkAction } from './link-policy.ts';
import type { MediaLink } from './media-link.ts';

/** Everything known of one other participant: the roster's entry, the link now, and what it has told. */
export class RemoteEnd {
  readonly participant: RemoteParticipant;
  entry: RosterEntry;
  link: MediaLink | undefined;
  state: LinkState = 'connecting';
  everConnected = false;
  media: RemoteMedia = { microphone: 'none', camera: 'none', screen: 'none' };
  /** Undefined until the other side has said over the link now what it sends. */
  published: ReadonlySet<TrackSource> | undefined;
  /** Since when the relay does not list this participant any more. */
  unlistedAtMs: number | undefined;
  sample: LinkSample | undefined;
  downSinceMs: number;
  #restartedAtMs: number | undefined;
  #renewedAtMs: number | undefined;
  #renewals = 0;
  readonly #shown = new Map<TrackSource, MediaStreamTrack | null>();

  constructor(entry: RosterEntry, nowMs: number) {
    this.entry = entry;
    this.participant = { participantId: entry.participantId, name: entry.name, kind: entry.kind };
    this.downSinceMs = nowMs;
  }

  get up(): boolean {
    return this.link?.up ?? false;
  }

  setLink(link: MediaLink, published: ReadonlySet<TrackSource> | undefined): void {
    this.link = link;
    this.published = published;
    this.sample = undefined;
    this.#restartedAtMs = undefined;
  }

  /** Reads the path's state; true when what people see of it has changed. */
  updateState(nowMs: number): boolean {
    const before = this.state;
    if (this.up) {
      this.everConnected = true;
      this.state = 'connected';
      this.#restartedAtMs = undefined;
      this.#renewedAtMs = undefined;
      this.#renewals = 0;
    } else {
      if (before === 'connected') this.downSinceMs = nowMs;
      const lost = isLost(this.everConnected, nowMs - this.downSinceMs);
      this.state = lost ? 'lost' : this.everConnected ? 'reconnecting' : 'connecting';
    }
    return this.state !== before;
  }

  /** What to do about the link now; the doing is noted by `noteRestart` and `noteRenewal`. */
  action(nowMs: number): LinkAction {
    if (this.up) return 'wait';
    const age = (sinceMs: number | undefined) => (sinceMs === undefined ? undefined : nowMs - sinceMs);
    return nextLinkAction({
      connection: this.link?.connectionState,
      ice: this.link?.iceConnectionState,
      everConnected: this.everConnected,
      downForMs: nowMs - this.downSinceMs,
      sinceRestartMs: age(this.#restartedAtMs),
      sinceRenewMs: age(this.#renewedAtMs),
      renewals: this.#renewals,
    });
  }

  noteRestart(nowMs: number): void {
    this.#restartedAtMs = nowMs;
  }

  noteRenewal(nowMs: number): void {
    this.#renewedAtMs = nowMs;
    this.#renewals += 1;
  }

  /** The person asks for another try: waiting times begin anew. */
  retryNow(nowMs: number): void {
    this.#renewedAtMs = undefined;
    this.#renewals = 0;
    if (this.state === 'lost') {
      this.downSinceMs = nowMs;
      this.state = this.everConnected ? 'reconnecting' : 'connecting';
    }
  }

  /** Sources whose track is another one than was last told; they count as told from here. */
  changedTracks(): { source: TrackSource; track: MediaStreamTrack | null }[] {
    // Until the link now has said what it sends, the picture of the last one stays: dimmed is better than black.
    if (!this.published) return [];
    const changes: { source: TrackSource; track: MediaStreamTrack | null }[] = [];
    for (const source of trackSources) {
      const track = this.published.has(source) ? (this.link?.remoteTrack(source) ?? null) : null;
      if ((this.#shown.get(source) ?? null) !== track) {
        this.#shown.set(source, track);
        changes.push({ source, track });
      }
    }
    return changes;
  }
}
