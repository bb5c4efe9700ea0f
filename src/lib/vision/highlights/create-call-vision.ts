import type { MarkAnchor } from '#domain/picture/mark-anchor.ts';
import { isCamera, pictureId, pictureOwner, type PictureId } from '#domain/picture/picture-id.ts';
import type { Box } from '#domain/tracking/box.ts';
import type { SceneMotion } from '#domain/tracking/scene-pose.ts';
import {
  trackTopic,
  type Highlight,
  type TrackMessageOf,
  type TrackRefusal,
} from '#domain/tracking/tracking-messages.ts';
import { liveKinds } from '#domain/protocol/live-kinds.ts';
import type { OpenVisionHost, VisionWants } from '../host/vision-host.ts';
import type { CallVision, HighlightOutcome, PictureVision, ShownHighlight } from './call-vision.ts';
import type { HighlightRunner, RunFrame, TrackedPart } from './highlight-runner.ts';
import { Inbox } from './inbox.ts';
import { LinkTime } from './link-time.ts';
import { Recall } from './recall.ts';
import { RequestDesk, type TrackRequest } from './request-desk.ts';
import { PictureShelf } from './picture-shelf.ts';
import { MarkAnchors } from './mark-anchors.ts';
import { SideKeeper } from './side-keeper.ts';
import { tellFrame } from './tell-frame.ts';
import type { VisionCall, VisionLink } from './vision-link.ts';
import { Watches } from './watches.ts';

export interface CallVisionOptions {
  readonly link: VisionLink;
  readonly openHost: OpenVisionHost;
  /** As it stands now; asked again whenever `onCallChanged` tells, and now and then. */
  readonly call: () => VisionCall;
  /** Somebody came, went, or switched the camera. */
  readonly onCallChanged: (listener: () => void) => () => void;
  /** A part of a highlight's way on a picture, for replay. */
  readonly keepPart: (pictureOf: PictureId, part: TrackedPart) => void;
  /** Milliseconds of a clock that does not jump. */
  readonly nowMs?: () => number;
  /** When the screen is drawn next; hidden pages draw nothing, and are told after a while. */
  readonly nextFrame?: (then: () => void) => void;
  /** 22 letters of base64url. */
  readonly newId: () => string;
}

/** After the first link, before this device's camera is read, */
const settleMs = 400;
/** and before it gets ready to follow: the call's first seconds need the processor themselves. */
const warmMs = 2_500;
/** How often it is looked at whether the right side looks. */
const judgeMs = 500;

/** Made once a call. */
export class LiveCallVision implements CallVision {
  readonly #options: CallVisionOptions;
  readonly #shelf: PictureShelf;
  readonly #watches: Watches;
  readonly #desk: RequestDesk;
  readonly #riding = new Set<PictureId>();
  readonly #anchors: MarkAnchors;
  readonly #stops: (() => void)[];
  readonly #judging: ReturnType<typeof setInterval>;
  readonly #linked = new Set<string>();
  /** Some time after the first link: what would slow down its beginning may begin. */
  #settled: 'not yet' | 'reads' | 'warm' = 'not yet';
  #linkedSinceMs: number | undefined;
  readonly #side: SideKeeper;
  readonly #recall: Recall;
  readonly #inbox: Inbox;
  #closed = false;

  constructor(options: CallVisionOptions) {
    this.#options = options;
    const { link } = options;
    this.#shelf = new PictureShelf(
      () => this.#selfId,
      () => this.#nowMs(),
      options.nextFrame,
    );
    this.#watches = new Watches({
      openHost: options.openHost,
      nowMs: () => this.#nowMs(),
      selfId: () => this.#selfId,
      trackOf: (pictureOf) => this.#trackOf(pictureOf),
      wantsOf: (pictureOf) => this.#wantsOf(pictureOf),
      looksAt: (pictureOf) => this.#looksAt(pictureOf),
      onFrame: (pictureOf, frame) => this.#onRunFrame(pictureOf, frame),
      onGlimpse: (frame) => this.#recall.glimpsed(frame),
      onListed: (pictureOf, list) => this.#listed(pictureOf, list),
      onPart: options.keepPart,
      onOwnRead: (timeMs, readAtMs) => {
        link.frameNames.noteOwnFrame(timeMs, readAtMs);
        this.#shelf.picture(this.#own).noteRead(timeMs, readAtMs);
      },
      onUnable: (pictureOf) => this.#onUnable(pictureOf),
      onReady: (pictureOf) => {
        const frameMs = this.#watches.of(pictureOf)?.frameMs;
        const ready = { kind: 'ready', pictureOf, ...(frameMs === undefined ? {} : { frameMs }) };
        link.sendControl(trackTopic, ready, pictureOwner(pictureOf));
      },
    });
    this.#desk = new RequestDesk({
      runnerOf: (pictureOf) => this.#runnerOf(pictureOf),
      present: (participantId) => participantId === this.#selfId || this.#linked.has(participantId),
      mayTrack: (participantId) => this.#mayTrack(participantId),
      timeOf: (from, pictureOf, frame) => this.#timeOf(from, pictureOf, frame),
      knowsNames: (from, pictureOf) => pictureOf !== this.#own || link.frameNames.knows(from),
      refuse: (to, pictureOf, id, reason) => this.#refuse(to, pictureOf, id, reason),
      armedChanged: (pictureOf) => this.#watches.want(pictureOf),
      nowMs: () => this.#nowMs(),
    });
    this.#side = new SideKeeper({
      told: () => this.visionOf(this.#own),
      prepare: (viewer) => link.sendControl(trackTopic, { kind: 'prepare', pictureOf: this.#own }, viewer),
      change: (vision) => {
        link.sendControl(trackTopic, { kind: 'side', pictureOf: this.#own, ...vision });
        this.#setVision(this.#own, vision);
      },
    });
    this.#recall = new Recall({
      selfId: () => this.#selfId,
      listOf: (pictureOf) => this.#shelf.picture(pictureOf).list,
      isLost: (pictureOf, one) => this.#shelf.picture(pictureOf).isLost(one),
      runnerOf: (pictureOf) => this.#watches.of(pictureOf),
      viewer: () => this.visionOf(this.#own).viewer,
      nameFor: (viewer, timeMs) => link.frameNames.nameOf(viewer, timeMs),
      send: (viewer, spotted) => link.sendControl(trackTopic, spotted, viewer),
      nowMs: () => this.#nowMs(),
    });
    this.#anchors = new MarkAnchors({
      shelf: this.#shelf,
      frameNames: link.frameNames,
      selfId: () => this.#selfId,
      timeOf: (from, pictureOf, frame) => this.#timeOf(from, pictureOf, frame),
      follow: (pictureOf, atMs) => void this.#runnerOf(pictureOf)?.poseAt(atMs),
    });
    this.#inbox = new Inbox({
      shelf: this.#shelf,
      watches: this.#watches,
      desk: this.#desk,
      side: this.#side,
      recall: this.#recall,
      call: () => this.#call,
      looksAt: (pictureOf) => this.#looksAt(pictureOf),
      askedOf: (pictureOf) => this.#askedOf(pictureOf),
      setVision: (pictureOf, vision) => this.#setVision(pictureOf, vision),
      judge: () => this.#judge(),
      timeOf: (from, pictureOf, frame) => this.#timeOf(from, pictureOf, frame),
      nowMs: () => this.#nowMs(),
    });
    this.#stops = [
      link.onControl(trackTopic, (from, data) => this.#inbox.message(from, data)),
      options.onCallChanged(() => this.#update()),
      link.onLive(liveKinds.tracking, (from, bytes) => this.#inbox.datagram(from, bytes)),
    ];
    this.#judging = setInterval(() => {
      this.#update();
      this.#shelf.noticeSilence();
    }, judgeMs);
    this.#update();
  }

  // What a window has of it

  get highlights(): readonly ShownHighlight[] {
    return this.#shelf.shown;
  }

  visionOf(pictureOf: PictureId): PictureVision {
    return this.#shelf.visionOf(pictureOf);
  }

  subscribe(listener: () => void): () => void {
    return this.#shelf.subscribe(listener);
  }

  boxOf(id: string): Box | undefined {
    return this.#shelf.boxOf(id);
  }

  onMoved(pictureOf: PictureId, listener: () => void): () => void {
    return this.#shelf.onMoved(pictureOf, listener);
  }

  seen(pictureOf: PictureId, frame: number | undefined): void {
    if (pictureOwner(pictureOf) === this.#selfId) return;
    this.#shelf.picture(pictureOf).see(frame);
    this.#shelf.tellMoved(pictureOf);
  }

  arm(pictureOf: PictureId, armed: boolean): void {
    const picture = this.#shelf.picture(pictureOf);
    if (picture.armed === armed) return;
    picture.armed = armed;
    this.#watches.want(pictureOf);
    this.#ask({ kind: 'watch', pictureOf, on: armed });
  }

  hold(pictureOf: PictureId): void {
    const picture = this.#shelf.picture(pictureOf);
    picture.held = picture.seenMs;
    this.#ask({ kind: 'hold', pictureOf }, picture.held);
  }

  release(pictureOf: PictureId): void {
    this.#shelf.picture(pictureOf).held = undefined;
    this.#ask({ kind: 'hold', pictureOf });
  }

  start(pictureOf: PictureId, box: Box, label: string): Promise<HighlightOutcome> {
    const picture = this.#shelf.picture(pictureOf);
    if (this.#closed || picture.vision.side === 'none') {
      return Promise.resolve({ ok: false, reason: 'vision-unavailable' });
    }
    const id = this.#options.newId();
    const atMs = picture.held ?? picture.seenMs;
    const send = (): void => this.#ask({ kind: 'start', pictureOf, id, label, box }, atMs);
    return this.#shelf.start(id, { pictureOf, label, box, send });
  }

  rename(id: string, label: string): void {
    const found = this.#shelf.find(id);
    if (found) this.#ask({ kind: 'rename', pictureOf: found.pictureOf, id, label });
  }

  remove(id: string): void {
    const found = this.#shelf.find(id);
    const pictures = found ? [found.pictureOf] : this.#shelf.takeBack(id);
    for (const pictureOf of pictures) this.#ask({ kind: 'remove', pictureOf, id });
  }

  clear(): void {
    const pictures = this.#shelf.takeBack();
    for (const [pictureOf, picture] of this.#shelf.all) {
      if (picture.list.length > 0 || pictures.has(pictureOf)) this.#ask({ kind: 'clear', pictureOf });
    }
  }

  anchorNow(pictureOf: PictureId): MarkAnchor | undefined {
    return this.#anchors.now(pictureOf);
  }

  motionSince(anchor: MarkAnchor): SceneMotion | undefined {
    return this.#anchors.motionSince(anchor);
  }

  frameNameFor(participantId: string, anchor: MarkAnchor): number | undefined {
    return this.#anchors.nameFor(participantId, anchor);
  }

  anchorFrom(participantId: string, pictureOf: PictureId, frame: number | undefined): MarkAnchor | undefined {
    return this.#anchors.from(participantId, pictureOf, frame);
  }

  riding(pictureOf: PictureId, any: boolean): void {
    if (this.#riding.has(pictureOf) === any) return;
    if (any) this.#riding.add(pictureOf);
    else this.#riding.delete(pictureOf);
    this.#watches.want(pictureOf);
  }

  #update(): void {
    if (this.#closed) return;
    const { cameraTrack, others } = this.#call;
    this.#watches.of(this.#own)?.setTrack(cameraTrack);
    if (cameraTrack && this.#looksAt(this.#own)) this.#watches.begin(this.#own);
    for (const { participantId, linked, cameraTrack: track } of others) {
      this.#watches.of(pictureId(participantId))?.setTrack(track);
      if (linked && !this.#linked.has(participantId)) this.#greet(participantId);
      if (linked) this.#linked.add(participantId);
      else this.#linked.delete(participantId);
    }
    for (const participantId of [...this.#linked]) {
      if (!others.some((other) => other.participantId === participantId)) this.#forget(participantId);
    }
    this.#judge();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#judging);
    for (const stop of this.#stops) stop();
    this.#watches.close();
    this.#shelf.close();
  }

  // Who looks

  get #call(): VisionCall {
    return this.#options.call();
  }

  get #selfId(): string {
    return this.#call.selfId;
  }

  /** The camera's picture of this side. */
  get #own(): PictureId {
    return pictureId(this.#selfId);
  }

  #looksAt(pictureOf: PictureId, { side, viewer } = this.#shelf.visionOf(pictureOf)): boolean {
    return pictureOf === this.#own ? side === 'camera' : side === 'viewer' && viewer === this.#selfId;
  }

  /** Whose word counts about a picture, where it is this side's. */
  #runnerOf(pictureOf: PictureId): HighlightRunner | undefined {
    return this.#looksAt(pictureOf) ? this.#watches.of(pictureOf) : undefined;
  }

  /** Whom to ask about a picture. */
  #askedOf(pictureOf: PictureId): string {
    const { side, viewer } = this.#shelf.visionOf(pictureOf);
    return side === 'viewer' && viewer !== undefined ? viewer : pictureOwner(pictureOf);
  }

  #judge(): void {
    this.#settle();
    if (!this.#looksAt(this.#own)) this.#watches.want(this.#own);
    // What is lost could not be handed over, and looking for it is slow everywhere.
    const own = this.#shelf.picture(this.#own);
    const lost = own.list.some((highlight) => own.isLost(highlight));
    const frameMs = lost ? undefined : this.#watches.of(this.#own)?.frameMs;
    this.#side.judge(this.#call.others, frameMs, this.#nowMs());
  }

  /** Frames are named and kept from early on, so that the first mark finds its frame. */
  #settle(): void {
    if (this.#linked.size === 0) return;
    this.#linkedSinceMs ??= this.#nowMs();
    const linkedMs = this.#nowMs() - this.#linkedSinceMs;
    const settled = linkedMs < settleMs ? 'not yet' : linkedMs < warmMs ? 'reads' : 'warm';
    if (settled === this.#settled) return;
    this.#settled = settled;
    this.#watches.want(this.#own);
  }

  /** Somebody's link is up: they are told what there is. */
  #greet(participantId: string): void {
    const { link } = this.#options;
    const vision = this.visionOf(this.#own);
    link.sendControl(trackTopic, { kind: 'side', pictureOf: this.#own, ...vision }, participantId);
    this.#side.linked(participantId);
    for (const [pictureOf, runner] of this.#watches.told) {
      link.sendControl(trackTopic, { kind: 'highlights', pictureOf, list: runner.highlights }, participantId);
    }
    for (const [pictureOf, picture] of this.#shelf.all) {
      const message = { kind: 'watch', pictureOf, on: true };
      if (picture.armed && this.#askedOf(pictureOf) === participantId)
        link.sendControl(trackTopic, message, participantId);
    }
  }

  #forget(participantId: string): void {
    this.#linked.delete(participantId);
    this.#desk.forget(participantId);
    this.#inbox.forget(participantId);
    this.#watches.end(pictureId(participantId));
    this.#shelf.forget(participantId);
    this.#shelf.refresh();
  }

  #setVision(pictureOf: PictureId, { side, viewer }: Pick<TrackMessageOf<'side'>, 'side' | 'viewer'>): void {
    // Only cameras are followed: who is to look at another source says that they cannot.
    if (viewer === this.#selfId && !isCamera(pictureOf)) return this.#onUnable(pictureOf);
    const picture = this.#shelf.picture(pictureOf);
    const before = this.#looksAt(pictureOf);
    const now = this.#looksAt(pictureOf, { side, viewer });
    const toViewer = before && side === 'viewer' && pictureOf === this.#own;
    if (toViewer) this.#watches.bearInMind(pictureOf);
    else if (!now) this.#watches.end(pictureOf);
    picture.vision = { side, viewer };
    if (now && !before) {
      const seen = picture.list.map((highlight) => ({ highlight, at: picture.boxOf(highlight) }));
      this.#watches.takeOver(pictureOf, seen);
    }
    if (side === 'none') picture.list = [];
    this.#shelf.refresh();
    if (now !== before || side === 'viewer') this.#shelf.askAgain(pictureOf);
  }

  #onUnable(pictureOf: PictureId): void {
    if (pictureOf === this.#own) {
      this.#side.cannot();
      this.#judge();
      return;
    }
    this.#options.link.sendControl(
      trackTopic,
      { kind: 'side', pictureOf, side: 'none' },
      pictureOwner(pictureOf),
    );
  }

  #wantsOf(pictureOf: PictureId): VisionWants {
    const armed = this.#shelf.picture(pictureOf).armed || this.#desk.armed(pictureOf);
    const motion = this.#riding.has(pictureOf);
    const own = pictureOf === this.#own;
    if (own && !this.#looksAt(pictureOf)) {
      return { frames: false, motion: false, follow: this.#recall.isNeeded ? 'seldom' : 'never' };
    }
    return {
      clock: own && this.#settled !== 'not yet',
      warm: own && this.#settled === 'warm',
      frames: armed || motion,
      motion,
    };
  }

  #mayTrack(participantId: string): boolean {
    const { selfId, mayTrack, others } = this.#call;
    if (participantId === selfId) return mayTrack;
    return others.some((other) => other.participantId === participantId && other.mayTrack);
  }

  #trackOf(pictureOf: PictureId): MediaStreamTrack | null {
    const { selfId, cameraTrack, others } = this.#call;
    if (pictureOf === pictureId(selfId)) return cameraTrack;
    return others.find(({ participantId }) => pictureOf === pictureId(participantId))?.cameraTrack ?? null;
  }

  // What goes out

  /** @param atMs of the frame that it is about, on the picture's clock here */
  #ask(request: TrackRequest, atMs?: number): void {
    const asked = this.#askedOf(request.pictureOf);
    if (asked === this.#selfId) return this.#desk.handle(asked, request, atMs);
    const frame = atMs === undefined ? {} : { frame: LinkTime.nameOf(atMs) };
    this.#options.link.sendControl(trackTopic, { ...request, ...frame }, asked);
  }

  #refuse(to: string, pictureOf: PictureId, id: string, reason: TrackRefusal): void {
    if (to === this.#selfId) this.#shelf.answer(id, reason);
    else this.#options.link.sendControl(trackTopic, { kind: 'refused', pictureOf, id, reason }, to);
  }

  /** Highlights of a picture that this side looks at have changed: everybody is told. */
  #listed(pictureOf: PictureId, list: readonly Highlight[]): void {
    if (this.#closed) return;
    this.#options.link.sendControl(trackTopic, { kind: 'highlights', pictureOf, list });
    this.#shelf.list(pictureOf, list);
  }

  #onRunFrame(pictureOf: PictureId, frame: RunFrame): void {
    if (this.#closed) return;
    const picture = this.#shelf.picture(pictureOf);
    const own = pictureOf === this.#own;
    const atMs = own || frame.name === undefined ? frame.timeMs : picture.link.ms(frame.name);
    picture.take(atMs, frame);
    this.#shelf.tellMoved(pictureOf);
    tellFrame(this.#options.link, this.#call, pictureOf, frame);
  }

  /** The time on the picture's clock here, of a frame that another participant named. */
  #timeOf(from: string, pictureOf: PictureId, frame: number): number | undefined {
    if (pictureOf === this.#own) return this.#options.link.frameNames.timeOf(from, frame);
    // A picture that came over a link: its owner and this side name its frames alike, others do not.
    return from === pictureOwner(pictureOf) ? this.#shelf.picture(pictureOf).link.ms(frame) : undefined;
  }

  // Bookkeeping

  #nowMs(): number {
    return this.#options.nowMs?.() ?? performance.now();
  }
}
