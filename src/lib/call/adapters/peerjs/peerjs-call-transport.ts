import type { MediaConnection } from 'peerjs';
import type { RosterEntry } from '#domain/protocol/sync-messages.ts';
import type { CallSignalling } from '../../call-signalling.ts';
import {
  trackSources,
  type CallRef,
  type CallTransport,
  type CallTransportEvents,
  type RemoteMedia,
  type TrackSource,
} from '../../call-transport.ts';
import { qualityBetween, sampleOf } from '../../link-quality.ts';
import { CallEmitter } from '../call-emitter.ts';
import { IncomingCalls } from './incoming-calls.ts';
import { rosterGraceMs } from './link-policy.ts';
import { MediaLink, type LocalTracks } from './media-link.ts';
import { OwnAddress } from './own-address.ts';
import { makePlaceholders, type Placeholders } from './placeholders.ts';
import { decodeRelayFrame, encodeLinkFrame, encodeLiveFrame } from './relay-frames.ts';
import { RemoteEnd } from './remote-end.ts';
import { maxLiveBytes, parseCallMetadata, parseLinkMessage, type LinkMessage } from './wire.ts';

const supervisionMs = 500;
const qualityMs = 2_000;

/**
 * A call over PeerJS: its server carries the first offer and answer of each link, everything after that goes
 * directly. Whoever came later calls whoever came earlier; addresses are made anew at every (re)connect.
 */
export class PeerJsCallTransport implements CallTransport {
  readonly #call: CallRef;
  readonly #signalling: CallSignalling;
  readonly #address: OwnAddress;
  readonly #emitter = new CallEmitter();
  readonly #ends = new Map<string, RemoteEnd>();
  readonly #incoming = new IncomingCalls();
  readonly #local: LocalTracks = { microphone: null, camera: null, screen: null };
  #media: RemoteMedia = { microphone: 'none', camera: 'none', screen: 'none' };
  /** Addresses whose owners have left: the roster may still name them for a moment. */
  readonly #departed = new Set<string>();
  #roster: RosterEntry[] = [];
  #placeholders: Placeholders | undefined;
  #supervision: ReturnType<typeof setInterval> | undefined;
  #lastQualityMs = 0;
  #stops: (() => void)[] = [];
  #left = false;

  constructor(call: CallRef, signalling: CallSignalling) {
    this.#call = call;
    this.#signalling = signalling;
    this.#address = new OwnAddress(signalling, {
      moved: () => this.#beginAnew(),
      ready: () => this.#reconcile(),
      call: (incoming) => this.#onIncoming(incoming),
      refused: (code) => {
        if (![...this.#ends.values()].some((end) => end.up)) this.#emitter.emit('failed', code);
      },
    });
  }

  on<E extends keyof CallTransportEvents>(event: E, listener: CallTransportEvents[E]): () => void {
    return this.#emitter.on(event, listener);
  }

  prepare(): void {
    this.#address.prepare();
    this.#placeholders ??= makePlaceholders();
  }

  async join(): Promise<void> {
    this.#stops.push(
      this.#signalling.onRoster((roster) => this.#onRoster(roster)),
      this.#signalling.onElsewhere(() => this.#emitter.emit('elsewhere')),
      this.#signalling.onLive((from, bytes) => void this.#onRelayed(from, bytes)),
    );
    const opened = this.#address.openFirst();
    // While the relay is asked, the browser gets its media going.
    this.#placeholders ??= makePlaceholders();
    this.#supervision = setInterval(() => this.#supervise(), supervisionMs);
    await opened;
  }

  async publish(source: TrackSource, track: MediaStreamTrack | null): Promise<void> {
    this.#local[source] = track;
    const links = [...this.#ends.values()].flatMap((end) => end.link ?? []);
    await Promise.all(links.map((link) => link.setTrack(source, track)));
    for (const link of links) link.send(this.#tracksMessage());
  }

  announceMedia(media: RemoteMedia): void {
    this.#media = { ...media };
    for (const end of this.#ends.values()) end.link?.send({ t: 'media', media: this.#media });
  }

  sendControl(message: unknown, to?: string): void {
    for (const end of this.#addressed(to)) end.link?.send({ t: 'app', message });
  }

  sendLive(bytes: Uint8Array, to?: string): void {
    if (bytes.length > maxLiveBytes) return;
    for (const end of this.#addressed(to)) {
      if (end.link?.sendLive(bytes)) continue;
      this.#signalling.sendLive(encodeLiveFrame(end.participant.participantId, bytes));
    }
  }

  drop(participantId: string): void {
    const end = this.#ends.get(participantId);
    if (end) this.#depart(end);
  }

  retry(): void {
    const nowMs = Date.now();
    for (const end of this.#ends.values()) {
      if (end.up) continue;
      end.retryNow(nowMs);
      this.#emitter.emit('linkChanged', end.participant.participantId, end.state);
    }
    if ([...this.#ends.values()].some((end) => !end.up) || !this.#address.open) this.#address.renew();
  }

  async leave(): Promise<void> {
    if (this.#left) return;
    this.#left = true;
    clearInterval(this.#supervision);
    this.#address.stop();
    for (const stop of this.#stops.splice(0)) stop();
    this.#signalling.close();
    this.#incoming.clear();
    await Promise.all([...this.#ends.values()].map((end) => end.link?.close(true)));
    this.#ends.clear();
    this.#address.destroy();
    this.#placeholders?.release();
    this.#emitter.clear();
  }

  #addressed(to: string | undefined): RemoteEnd[] {
    if (to === undefined) return [...this.#ends.values()];
    const end = this.#ends.get(to);
    return end ? [end] : [];
  }

  /** What did not stand on the old address begins anew on the fresh one. */
  #beginAnew(): void {
    const nowMs = Date.now();
    for (const end of this.#ends.values()) {
      if (end.up) continue;
      end.noteRenewal(nowMs);
      this.#dropLink(end);
    }
  }

  // Who is there

  #onRoster(roster: RosterEntry[]): void {
    this.#roster = roster;
    const nowMs = Date.now();
    const listed = new Set<string>();
    for (const entry of roster) {
      if (entry.participantId === this.#call.selfId) continue;
      if (entry.peerId && this.#departed.has(entry.peerId)) continue;
      listed.add(entry.participantId);
      this.#meet(entry, nowMs);
    }
    for (const end of this.#ends.values()) {
      const { participantId } = end.participant;
      if (listed.has(participantId)) end.unlistedAtMs = undefined;
      else if (!end.up) this.#forget(end);
      else end.unlistedAtMs ??= nowMs;
    }
    this.#reconcile();
  }

  #meet(entry: RosterEntry, nowMs: number): void {
    const end = this.#ends.get(entry.participantId);
    if (!end) {
      const fresh = new RemoteEnd(entry, nowMs);
      this.#ends.set(entry.participantId, fresh);
      this.#emitter.emit('participantJoined', fresh.participant);
      return;
    }
    // Another page of the same person: what linked us to the old one is over.
    if (entry.deviceKey !== end.entry.deviceKey) this.#dropLink(end);
    end.entry = entry;
  }

  #depart(end: RemoteEnd): void {
    if (end.entry.peerId) this.#departed.add(end.entry.peerId);
    this.#forget(end);
  }

  #forget(end: RemoteEnd): void {
    this.#ends.delete(end.participant.participantId);
    void end.link?.close();
    this.#emitter.emit('participantLeft', end.participant.participantId);
  }

  #dropLink(end: RemoteEnd): void {
    const { link } = end;
    if (!link) return;
    end.link = undefined;
    end.published = undefined;
    void link.close();
    this.#stateChanged(end);
  }

  /** Whoever came later calls. An address of ours that the roster does not name yet is later than all it names. */
  #isOursToCall(end: RemoteEnd): boolean {
    const { peerId } = this.#address;
    if (peerId === undefined) return false;
    const own = this.#roster.find((entry) => entry.participantId === this.#call.selfId);
    return own?.peerId !== peerId || own.order > end.entry.order;
  }

  /** Calls whom we are to call, and answers who has been waiting for the roster to name them. */
  #reconcile(): void {
    for (const end of this.#ends.values()) {
      const { peerId } = end.entry;
      if (!peerId) continue;
      const waiting = this.#incoming.take(peerId);
      if (waiting) this.#answer(end, waiting);
      else if (this.#isOursToCall(end)) this.#callIfDue(end, peerId);
    }
  }

  #callIfDue(end: RemoteEnd, peerId: string): void {
    if (end.link) {
      // A link that stands does not care for a new address, nor does a try at this very address.
      if (end.up || end.link.remotePeerId === peerId) return;
      this.#dropLink(end);
    }
    const placeholders = (this.#placeholders ??= makePlaceholders());
    const stream = new MediaStream([placeholders.audio, placeholders.camera, placeholders.screen]);
    const sources = trackSources.filter((source) => this.#local[source]);
    const call = this.#address.call(peerId, stream, { sources });
    if (call) end.setLink(this.#makeLink(end, call, true), undefined);
  }

  #onIncoming(call: MediaConnection): void {
    const end = [...this.#ends.values()].find((one) => one.entry.peerId === call.peer);
    // The offer may be faster than the roster that names its sender.
    if (!end) this.#incoming.hold(call, Date.now());
    else this.#answer(end, call);
  }

  #answer(end: RemoteEnd, call: MediaConnection): void {
    const ours = end.link && !end.up && this.#isOursToCall(end);
    if (ours && end.link?.remotePeerId === call.peer) {
      call.close();
      return;
    }
    const old = end.link;
    const sources = new Set(parseCallMetadata(call.metadata));
    call.answer(new MediaStream());
    end.setLink(this.#makeLink(end, call, false), sources);
    void old?.close();
    this.#stateChanged(end);
  }

  #makeLink(end: RemoteEnd, call: MediaConnection, caller: boolean): MediaLink {
    const { participantId } = end.participant;
    const current = (act: () => void) => {
      if (end.link === link && !this.#left) act();
    };
    const link: MediaLink = new MediaLink({
      call,
      caller,
      local: this.#local,
      polite: this.#call.selfId < participantId,
      events: {
        stateChanged: () => current(() => this.#stateChanged(end)),
        trackArrived: (source, sent) =>
          current(() => {
            if (sent) end.published = new Set([...(end.published ?? []), source]);
            this.#tellTracks(end);
          }),
        controlOpen: () => {
          link.send(this.#tracksMessage());
          link.send({ t: 'media', media: this.#media });
          current(() => this.#stateChanged(end));
        },
        message: (message) => current(() => this.#onMessage(end, message)),
        live: (bytes) => current(() => this.#emitter.emit('live', participantId, bytes)),
        framesSent: (frames) => current(() => this.#emitter.emit('framesSent', participantId, frames)),
        ended: () =>
          current(() => {
            this.#dropLink(end);
            this.#reconcile();
          }),
        outOfBand: (message) => void this.#sendOverRelay(participantId, message),
      },
    });
    return link;
  }

  // What comes in

  #onMessage(end: RemoteEnd, message: LinkMessage): void {
    const { participantId } = end.participant;
    switch (message.t) {
      case 'tracks':
        end.published = new Set(message.sources);
        this.#tellTracks(end);
        break;
      case 'media':
        end.media = message.media;
        this.#emitter.emit('mediaChanged', participantId, message.media);
        break;
      case 'app':
        this.#emitter.emit('control', participantId, message.message);
        break;
      case 'bye':
        this.#depart(end);
        break;
      case 'description':
      case 'candidate':
        break;
    }
  }

  async #onRelayed(from: string, bytes: Uint8Array): Promise<void> {
    const frame = await decodeRelayFrame(bytes, this.#call.selfId);
    const end = this.#ends.get(from);
    if (!frame || !end || this.#left) return;
    if (frame.kind === 'live') this.#emitter.emit('live', from, frame.body);
    else {
      const message = parseLinkMessage(frame.body);
      // Only what is needed to bring the link back may come this way.
      if (message?.t === 'description' || message?.t === 'candidate') end.link?.receive(message);
    }
  }

  async #sendOverRelay(to: string, message: LinkMessage): Promise<void> {
    const frame = await encodeLinkFrame(to, JSON.stringify(message));
    if (frame && !this.#left) this.#signalling.sendLive(frame);
  }

  #tracksMessage(): LinkMessage {
    return { t: 'tracks', sources: trackSources.filter((source) => this.#local[source]) };
  }

  #tellTracks(end: RemoteEnd): void {
    for (const { source, track } of end.changedTracks()) {
      this.#emitter.emit('trackChanged', end.participant.participantId, source, track);
    }
  }

  #stateChanged(end: RemoteEnd): void {
    const before = end.state;
    if (!end.updateState(Date.now())) return;
    this.#emitter.emit('linkChanged', end.participant.participantId, end.state);
    if (end.state === 'connected' && before !== 'connected') this.#tellTracks(end);
    else if (before === 'connected') {
      this.#emitter.emit('qualityChanged', end.participant.participantId, { level: 'none' });
    }
  }

  // Looking after what should be up

  #supervise(): void {
    const nowMs = Date.now();
    this.#incoming.expire(nowMs);
    let renew = false;
    for (const end of [...this.#ends.values()]) {
      if (end.unlistedAtMs !== undefined && nowMs - end.unlistedAtMs > rosterGraceMs) {
        this.#forget(end);
        continue;
      }
      this.#stateChanged(end);
      if (end.entry.peerId === null) continue;
      const action = end.action(nowMs);
      if (action === 'restart') {
        end.noteRestart(nowMs);
        end.link?.restartIce();
      } else if (action === 'renew') renew = true;
    }
    if (renew && !this.#address.waiting) this.#address.renew();
    if (nowMs - this.#lastQualityMs >= qualityMs) {
      this.#lastQualityMs = nowMs;
      for (const end of this.#ends.values()) if (end.up) void this.#measure(end);
    }
  }

  async #measure(end: RemoteEnd): Promise<void> {
    const { link } = end;
    const report = await link?.statistics();
    if (!report || end.link !== link || !end.up || this.#left) return;
    const sample = sampleOf(report.values(), Date.now());
    this.#emitter.emit('qualityChanged', end.participant.participantId, qualityBetween(end.sample, sample));
    end.sample = sample;
  }
}
