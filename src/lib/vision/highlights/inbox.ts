import { pictureId, pictureOwner, type PictureId } from '#domain/picture/picture-id.ts';
import { Allowance } from '#domain/protocol/allowance.ts';
import { parseTracking } from '#domain/tracking/tracking-datagram.ts';
import { parseTrackMessage, type TrackMessageOf } from '#domain/tracking/tracking-messages.ts';
import { boxesOf } from './pictures.ts';
import type { PictureShelf } from './picture-shelf.ts';
import type { Recall } from './recall.ts';
import type { RequestDesk } from './request-desk.ts';
import type { SideKeeper } from './side-keeper.ts';
import type { VisionCall } from './vision-link.ts';
import type { Watches } from './watches.ts';

/** Datagrams of one participant that are looked at; no camera has more frames. */
const datagramRate = { perSecond: 70, burst: 70 };

export interface InboxOptions {
  readonly shelf: PictureShelf;
  readonly watches: Watches;
  readonly desk: RequestDesk;
  readonly side: SideKeeper;
  readonly recall: Recall;
  readonly call: () => VisionCall;
  readonly looksAt: (pictureOf: PictureId) => boolean;
  /** Whose word counts about a picture. */
  readonly askedOf: (pictureOf: PictureId) => string;
  readonly setVision: (pictureOf: PictureId, vision: Pick<TrackMessageOf<'side'>, 'side' | 'viewer'>) => void;
  readonly judge: () => void;
  /** The time on the picture's clock here, of a frame that another participant named. */
  readonly timeOf: (from: string, pictureOf: PictureId, frame: number) => number | undefined;
  /** Of a clock that does not jump. */
  readonly nowMs: () => number;
}

/** What the others say about pictures. Each may have a modified client: whose word counts about what is judged here. */
export class Inbox {
  readonly #options: InboxOptions;
  readonly #datagrams = new Allowance(datagramRate);

  constructor(options: InboxOptions) {
    this.#options = options;
  }

  forget(participantId: string): void {
    this.#datagrams.forget(participantId);
    this.#options.recall.forget(participantId);
  }

  message(from: string, data: unknown): void {
    const { watches, desk, side, recall, shelf, call, looksAt, askedOf, timeOf } = this.#options;
    const message = parseTrackMessage(data);
    if (!message) return;
    const { pictureOf } = message;
    switch (message.kind) {
      case 'highlights':
        if (from === askedOf(pictureOf) && !looksAt(pictureOf)) this.#listed(message);
        return;
      case 'refused':
        if (from === askedOf(pictureOf)) shelf.answer(message.id, message.reason);
        return;
      case 'side':
        return this.#side(from, message);
      case 'prepare':
        // Only cameras are followed: whoever asks about another source goes on looking.
        if (pictureOf === pictureId(from) && call().mayTrack && !looksAt(pictureOf))
          watches.prepare(pictureOf);
        return;
      case 'spotted':
        if (from === pictureOwner(pictureOf) && looksAt(pictureOf))
          void recall.hear(message, timeOf(from, pictureOf, message.frame));
        return;
      case 'ready':
        if (pictureOf === pictureId(call().selfId)) side.viewerReady(from, message.frameMs);
        return;
      default:
        return desk.handle(from, message);
    }
  }

  #listed({ pictureOf, list }: TrackMessageOf<'highlights'>): void {
    const { shelf, watches, call } = this.#options;
    shelf.list(pictureOf, list);
    if (pictureOf === pictureId(call().selfId)) watches.of(pictureOf)?.sync(list);
    watches.hear(pictureOf, { list, boxes: new Map(), atMs: undefined });
  }

  #side(from: string, message: TrackMessageOf<'side'>): void {
    const { side, call, setVision, judge } = this.#options;
    const { mayTrack, selfId } = call();
    const { pictureOf } = message;
    if (pictureOwner(pictureOf) === from) {
      // Nobody is made to look who may not.
      if (message.viewer !== selfId || mayTrack) setVision(pictureOf, message);
    } else if (pictureOf === pictureId(selfId) && message.side === 'none') {
      side.viewerCannot(from);
      judge();
    }
  }

  datagram(from: string, bytes: Uint8Array): void {
    const { shelf, watches, call, looksAt, askedOf, timeOf, nowMs } = this.#options;
    const datagram = parseTracking(bytes, call().order);
    if (!datagram) return;
    const { picture: pictureOf, frame, pose, objects } = datagram;
    if (from !== askedOf(pictureOf) || looksAt(pictureOf)) return;
    if (!this.#datagrams.take(from, nowMs())) return;
    const picture = shelf.picture(pictureOf);
    const named = frame === undefined ? undefined : timeOf(from, pictureOf, frame);
    const boxes = boxesOf(objects);
    picture.take(named ?? (picture.path.newest?.atMs ?? 0) + 1, { pose, boxes });
    shelf.planMoved(pictureOf);
    watches.hear(pictureOf, { list: picture.list, boxes, atMs: named });
  }
}
