import { liveKinds } from '#domain/protocol/live-kinds.ts';
import { encodeTracking } from '#domain/tracking/tracking-datagram.ts';
import type { RunFrame } from './highlight-runner.ts';
import type { VisionCall, VisionLink } from './vision-link.ts';

/** Tells all who are linked where everything is on one frame; each link has its own name for it, or none. */
export function tellFrame(link: VisionLink, call: VisionCall, pictureOf: string, frame: RunFrame): void {
  const owner = call.order.indexOf(pictureOf);
  if (owner < 0 || (frame.boxes.size === 0 && !frame.pose)) return;
  const own = pictureOf === call.selfId;
  const objects = [...frame.boxes].map(([index, box]) => ({ index, ...box }));
  for (const { participantId, linked } of call.others) {
    if (!linked) continue;
    const theirs = participantId === pictureOf ? frame.name : undefined;
    const name = own ? link.frameNames.nameOf(participantId, frame.timeMs) : theirs;
    const bytes = encodeTracking({ owner, frame: name, pose: frame.pose, objects });
    link.sendLive(liveKinds.tracking, bytes, participantId);
  }
}
