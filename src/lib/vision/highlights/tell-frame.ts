import { liveKinds } from '#domain/protocol/live-kinds.ts';
import { pictureId, pictureOwner, type PictureId } from '#domain/picture/picture-id.ts';
import { encodeTracking } from '#domain/tracking/tracking-datagram.ts';
import type { RunFrame } from './highlight-runner.ts';
import type { VisionCall, VisionLink } from './vision-link.ts';

/** Tells all who are linked where everything is on one frame; each link has its own name for it, or none. */
export function tellFrame(link: VisionLink, call: VisionCall, picture: PictureId, frame: RunFrame): void {
  if (frame.boxes.size === 0 && !frame.pose) return;
  const own = picture === pictureId(call.selfId);
  const objects = [...frame.boxes].map(([index, box]) => ({ index, ...box }));
  for (const { participantId, linked } of call.others) {
    if (!linked) continue;
    const theirs = participantId === pictureOwner(picture) ? frame.name : undefined;
    const name = own ? link.frameNames.nameOf(participantId, frame.timeMs) : theirs;
    const bytes = encodeTracking({ picture, frame: name, pose: frame.pose, objects }, call.order);
    if (bytes) link.sendLive(liveKinds.tracking, bytes, participantId);
  }
}
