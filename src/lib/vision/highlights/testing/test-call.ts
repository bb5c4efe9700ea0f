import { pictureId, type PictureId } from '#domain/picture/picture-id.ts';
import type { Box } from '#domain/tracking/box.ts';
import type { ScenePose } from '#domain/tracking/scene-pose.ts';
import type {
  FollowOutcome,
  OpenVisionHost,
  VisionHost,
  VisionHostInput,
  VisionWants,
  WatchedFrame,
  WatchedObject,
} from '../../host/vision-host.ts';
import { LiveCallVision } from '../create-call-vision.ts';
import type { TrackedPart } from '../highlight-runner.ts';
import type { FrameNaming, VisionCall, VisionLink } from '../vision-link.ts';

/** For tests: a host that sees what it is told to see. */
export class ScriptedHost implements VisionHost {
  wants: VisionWants = { frames: false, motion: false };
  readonly followed: { id: number; box: Box; timeMs: number | undefined }[] = [];
  readonly unfollowed: number[] = [];
  readonly asked: (number | undefined)[] = [];
  held: number | undefined;
  track: MediaStreamTrack | null;
  frameMs: number | undefined;
  disposed = false;
  refuse: FollowOutcome | undefined;
  readonly model = undefined;
  #ids = 0;
  #frame: ((frame: WatchedFrame) => void) | undefined;
  #stopped: (() => void) | undefined;

  readonly #read: ((timeMs: number, readAtMs: number, name?: number) => void) | undefined;

  constructor({ track, onRead }: VisionHostInput) {
    this.track = track;
    this.#read = onRead;
  }

  /** A frame was read; it has a name where it came over a link. */
  read(timeMs: number, name?: number, readAtMs = timeMs): void {
    this.#read?.(timeMs, readAtMs, name);
  }

  get load() {
    return { frameMs: this.frameMs, framesPerSecond: 20 };
  }
  setTrack(track: MediaStreamTrack | null): void {
    this.track = track;
  }
  want(wants: VisionWants): void {
    this.wants = wants;
  }
  hold(timeMs: number | undefined): void {
    this.held = timeMs;
  }
  follow(box: Box, timeMs: number | undefined): Promise<FollowOutcome> {
    if (this.refuse) return Promise.resolve(this.refuse);
    const id = (this.#ids += 1);
    this.followed.push({ id, box, timeMs });
    return Promise.resolve({ ok: true, id });
  }
  unfollow(id: number): void {
    this.unfollowed.push(id);
  }
  poseAt(timeMs: number | undefined): Promise<ScenePose | undefined> {
    this.asked.push(timeMs);
    return Promise.resolve(undefined);
  }
  onFrame(listener: (frame: WatchedFrame) => void): () => void {
    this.#frame = listener;
    return () => (this.#frame = undefined);
  }
  onStopped(listener: () => void): () => void {
    this.#stopped = listener;
    return () => (this.#stopped = undefined);
  }
  dispose(): void {
    this.disposed = true;
  }

  see(frame: Pick<WatchedFrame, 'timeMs' | 'objects'> & Partial<WatchedFrame>): void {
    this.#frame?.({ aspect: 4 / 3, pose: undefined, ...frame });
  }
  die(): void {
    this.#stopped?.();
  }
}

export const nameOffset = 2 ** 32 - 45_000;
/** How every link of these tests names frames: over the wrap-around after half a second. */
export const nameOf = (timeMs: number): number => (Math.round(timeMs * 90) + nameOffset) % 2 ** 32;
const timeOf = (name: number): number => ((name - nameOffset + 2 ** 33) % 2 ** 32) / 90;

const track = (of: string): MediaStreamTrack => ({ id: of }) as MediaStreamTrack;

interface Member {
  id: string;
  mayTrack: boolean;
  camera: boolean;
  linked: boolean;
}

/** For tests: a call in one thread. Messages arrive at once and in order; datagrams too. */
export class TestCall {
  readonly #members = new Map<string, Member>();
  readonly visions = new Map<string, LiveCallVision>();
  readonly hosts = new Map<string, ScriptedHost>();
  readonly parts: { by: string; pictureOf: PictureId; part: TrackedPart }[] = [];
  readonly #control = new Map<string, (from: string, data: unknown) => void>();
  readonly #live = new Map<string, (from: string, bytes: Uint8Array) => void>();
  readonly #changed = new Map<string, () => void>();
  readonly datagrams: { from: string; to: string; bytes: Uint8Array }[] = [];
  readonly unable = new Set<string>();
  nowMs = 0;
  namesKnown = true;
  /** Frames of before are in nobody's mind. */
  goneBeforeMs = 0;

  join(id: string, { mayTrack = false, camera = true, linked = true } = {}): LiveCallVision {
    this.#members.set(id, { id, mayTrack, camera, linked });
    let ids = 0;
    const openHost: OpenVisionHost = (input) => {
      if (this.unable.has(id)) return Promise.resolve({ ok: false, reason: 'vision-unavailable' });
      const host = new ScriptedHost(input);
      this.hosts.set(`${id} on ${input.track.id}`, host);
      return Promise.resolve({ ok: true, host });
    };
    const vision = new LiveCallVision({
      link: this.#linkOf(id),
      openHost,
      call: () => this.#seenBy(id),
      onCallChanged: (listener) => {
        this.#changed.set(id, listener);
        return () => this.#changed.delete(id);
      },
      keepPart: (pictureOf, part) => this.parts.push({ by: id, pictureOf, part }),
      newId: () => `${id}${(ids += 1)}`.padEnd(22, '-'),
      nowMs: () => this.nowMs,
      nextFrame: (then) => then(),
    });
    this.visions.set(id, vision);
    this.tell();
    return vision;
  }

  change(id: string, changes: Partial<Member>): void {
    Object.assign(this.#members.get(id) ?? {}, changes);
    this.tell();
  }

  leave(id: string): void {
    this.#members.delete(id);
    this.visions.get(id)?.close();
    this.tell();
  }

  tell(): void {
    for (const changed of [...this.#changed.values()]) changed();
  }

  /** As a modified client would. */
  say(from: string, to: string, data: unknown): void {
    this.#control.get(to)?.(from, data);
  }

  /** What is said to a participant, until stopped. */
  listen(to: string, listener: (data: unknown) => void): () => void {
    const heard = this.#control.get(to);
    this.#control.set(to, (from, data) => {
      listener(data);
      heard?.(from, data);
    });
    return () => heard && this.#control.set(to, heard);
  }

  sendDatagram(from: string, to: string, bytes: Uint8Array): void {
    this.#live.get(to)?.(from, bytes);
  }

  host(who: string, of = who): ScriptedHost {
    const host = this.hosts.get(`${who} on ${of}`);
    if (!host) throw new Error(`${who} does not look at the picture of ${of}`);
    return host;
  }

  close(): void {
    for (const vision of this.visions.values()) vision.close();
  }

  #seenBy(selfId: string): VisionCall {
    const self = this.#members.get(selfId);
    return {
      selfId,
      mayTrack: self?.mayTrack ?? false,
      cameraTrack: self?.camera ? this.#trackOf(selfId) : null,
      order: [...this.visions.keys(), selfId].filter((id, i, all) => all.indexOf(id) === i),
      others: [...this.#members.values()]
        .filter(({ id }) => id !== selfId)
        .map(({ id, mayTrack, camera, linked }) => ({
          participantId: id,
          linked: linked && (self?.linked ?? false),
          mayTrack,
          cameraTrack: camera ? this.#trackOf(id) : null,
        })),
    };
  }

  readonly #tracks = new Map<string, MediaStreamTrack>();
  #trackOf(id: string): MediaStreamTrack {
    const known = this.#tracks.get(id) ?? track(id);
    this.#tracks.set(id, known);
    return known;
  }

  #linkOf(from: string): VisionLink {
    const frameNames: FrameNaming = {
      noteOwnFrame: () => undefined,
      knows: () => this.namesKnown,
      timeOf: (_participantId, name) =>
        this.namesKnown && timeOf(name) >= this.goneBeforeMs ? timeOf(name) : undefined,
      nameOf: (_participantId, timeMs) => (this.namesKnown ? nameOf(timeMs) : undefined),
    };
    const reached = (to: string | undefined): string[] =>
      [...this.#members.values()]
        .filter(({ id, linked }) => id !== from && linked && (to === undefined || to === id))
        .map(({ id }) => id);
    return {
      frameNames,
      sendControl: (_topic, data, to) => {
        for (const id of reached(to)) this.#control.get(id)?.(from, structuredClone(data));
      },
      onControl: (_topic, listener) => {
        this.#control.set(from, listener);
        return () => this.#control.delete(from);
      },
      sendLive: (_kind, bytes, to) => {
        for (const id of reached(to)) {
          this.datagrams.push({ from, to: id, bytes });
          this.#live.get(id)?.(from, bytes);
        }
      },
      onLive: (_kind, listener) => {
        this.#live.set(from, listener);
        return () => this.#live.delete(from);
      },
    };
  }
}

/** The picture that most tests are about. */
export const tabletCamera = pictureId('tablet');
export const box: Box = { x: 0.4, y: 0.4, width: 0.1, height: 0.1 };
export const at = (x: number): Box => ({ ...box, x });
export const object = (id: number, x = 0.4, state: 'tracked' | 'lost' = 'tracked'): WatchedObject => ({
  id,
  state,
  confidence: 0.9,
  box: at(x),
});

/** A tablet and an employee who may track, some seconds into their call. */
export function pair(call: TestCall): { tablet: LiveCallVision; erika: LiveCallVision } {
  const tablet = call.join('tablet');
  const erika = call.join('erika', { mayTrack: true });
  call.nowMs = 5_000;
  call.tell();
  return { tablet, erika };
}

/** @returns its id */
export async function highlight(erika: LiveCallVision, label = 'Valve'): Promise<string> {
  const outcome = await erika.start(tabletCamera, box, label);
  if (!outcome.ok) throw new Error(outcome.reason);
  return outcome.id;
}
