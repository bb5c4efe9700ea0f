import type { BlobId, BlobItem } from '../storage/blob-store.ts';
import type { Views } from './views.ts';

/** Where a picture or file belongs. */
export type BlobPlace = Pick<BlobItem, 'kind' | 'streamId' | 'itemId'>;

/** What a stream says of a picture or file. */
export interface KnownBlob {
  itemId: BlobId;
  sha256: string;
  mediaType: string;
  bytes: number;
  /** The relay has the bytes and has verified their hash. */
  stored: boolean;
}

/** As the person sees it, own commands on their way included; `confirmed`: as the relay has accepted it. */
export function knownBlob(views: Views, place: BlobPlace, confirmed = false): KnownBlob | undefined {
  if (place.kind === 'screenshot') {
    const entry = views.sessions.get(place.streamId);
    const session = confirmed ? entry?.confirmed : entry?.session;
    const shot = session?.screenshots.find((one) => one.screenshotId === place.itemId);
    return shot && { ...shot, itemId: shot.screenshotId };
  }
  const entry = views.tickets.get(place.streamId);
  const ticket = confirmed ? entry?.confirmed : entry?.ticket;
  return ticket?.messages.find((message) => message.file?.itemId === place.itemId)?.file;
}

/** Whether the stream is here as the relay has accepted it. */
export function isStreamHere(views: Views, { kind, streamId }: BlobPlace): boolean {
  return (kind === 'screenshot' ? views.sessions : views.tickets).confirmed(streamId) !== undefined;
}
