import { base64Url } from '#domain/ids.ts';
import { participantMayTrack } from '#domain/session/participant-rights.ts';
import { openLegs, participantOrder } from '#domain/session/video-session.ts';
import type { CallFactories } from '../state/call-ports.ts';
import type { CallVision } from '../vision/highlights/call-vision.ts';
import { LiveCallVision } from '../vision/highlights/create-call-vision.ts';
import type { VisionCall } from '../vision/highlights/vision-link.ts';
import { visionHosts } from '../vision/host/open-vision-host.ts';

/** Highlights over a call's own link. Load this file lazily: nobody needs it before a call stands. */
export function openCallVision(input: Parameters<CallFactories['openVision']>[0]): CallVision {
  const { engine, callId, selfId, session, strokes } = input;

  const call = (): VisionCall => {
    const log = session();
    const record = log?.calls.find((one) => one.id === callId);
    const legs = record ? openLegs(record) : [];
    const mayTrack = (participantId: string): boolean => {
      const leg = legs.find((one) => one.participantId === participantId);
      return log !== undefined && leg !== undefined && participantMayTrack(log, leg);
    };
    const { participants, own } = engine.snapshot;
    return {
      selfId,
      mayTrack: mayTrack(selfId),
      cameraTrack: own.cameraTrack,
      order: record ? participantOrder(record) : [],
      others: participants.map(({ participantId, link, cameraStream }) => ({
        participantId,
        linked: link === 'connected',
        mayTrack: mayTrack(participantId),
        cameraTrack: cameraStream?.getVideoTracks()[0] ?? null,
      })),
    };
  };

  return new LiveCallVision({
    link: engine,
    onCallChanged: (listener) => engine.subscribe(listener),
    openHost: visionHosts({ modelsUrl: new URL('/models/', location.origin).href }),
    call,
    keepPart: (picture, { highlight, beganAtMs, path }) =>
      strokes()?.keepPath(
        { highlightId: highlight.id, label: highlight.label, authorId: highlight.by, picture, beganAtMs },
        path,
      ),
    newId: () => base64Url(crypto.getRandomValues(new Uint8Array(16))),
  });
}
