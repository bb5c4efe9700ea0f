import { peerJsTransport } from '../../../src/lib/call/adapters/peerjs/index.ts';
import { CallEngine } from '../../../src/lib/call/call-engine.ts';
import { LocalMedia } from '../../../src/lib/call/devices/local-media.ts';
import { LiveCallVision } from '../../../src/lib/vision/highlights/create-call-vision.ts';
import type { CallVision } from '../../../src/lib/vision/highlights/call-vision.ts';
import type { VisionCall, VisionLink } from '../../../src/lib/vision/highlights/vision-link.ts';
import type { OpenVisionHost } from '../../../src/lib/vision/host/vision-host.ts';
import { pictureId } from '#domain/picture/picture-id.ts';
import { trackTopic } from '#domain/tracking/tracking-messages.ts';
import { base64Url } from '#domain/ids.ts';
import { Room } from '../../contracts/call-transport/room.ts';

export const cameraId = 'camera';
export const viewerId = 'viewer';
export const cameraPicture = pictureId(cameraId);

export interface CallEnd {
  readonly engine: CallEngine;
  readonly vision: CallVision;
  /** From now on requests go out with the names of their frames, or without, as if marks lay on whatever is newest. */
  nameFrames(on: boolean): void;
  close(): Promise<void>;
}

export const freshId = (): string => base64Url(crypto.getRandomValues(new Uint8Array(16)));

export function openRoom(port: number): Room {
  return new Room({ host: location.hostname, port, path: '/sockets/calls/', secure: false });
}

/** One person's part in a call, as the app puts it together; only the devices are not real. */
export async function joinCall(input: {
  readonly room: Room;
  readonly selfId: string;
  /** Undefined for whoever only looks. */
  readonly nextCamera?: () => MediaStreamTrack;
  readonly openHost: OpenVisionHost;
}): Promise<CallEnd> {
  const { room, selfId, nextCamera, openHost } = input;
  const media = new LocalMedia({
    preferredFacing: 'environment',
    devices: {
      getUserMedia: async () => new MediaStream(nextCamera ? [nextCamera()] : []),
      enumerateDevices: async () => [],
    },
  });
  const engine = new CallEngine({
    call: { sessionId: 's'.repeat(22), callId: 'c'.repeat(22), selfId },
    transport: peerJsTransport(room.signalling(selfId)),
    media,
    onLinkUp: () => undefined,
    makeStream: (track) => new MediaStream([track]),
  });
  const joined = await engine.join('text');
  if (!joined.ok) throw new Error(joined.reason);
  if (nextCamera) await engine.startCamera();
  let named = true;
  const call = (): VisionCall => ({
    selfId,
    mayTrack: true,
    cameraTrack: engine.snapshot.own.cameraTrack,
    order: [cameraId, viewerId],
    others: engine.snapshot.participants.map(({ participantId, link, cameraStream }) => ({
      participantId,
      linked: link === 'connected',
      mayTrack: true,
      cameraTrack: cameraStream?.getVideoTracks()[0] ?? null,
    })),
  });
  const link: VisionLink = {
    frameNames: engine.frameNames,
    sendControl: (topic, data, to) =>
      engine.sendControl(topic, !named && topic === trackTopic ? withoutFrame(data) : data, to),
    onControl: (topic, listener) => engine.onControl(topic, listener),
    sendLive: (kind, bytes, to) => engine.sendLive(kind, bytes, to),
    onLive: (kind, listener) => engine.onLive(kind, listener),
  };
  const vision = new LiveCallVision({
    link,
    openHost,
    call,
    onCallChanged: (listener) => engine.subscribe(listener),
    keepPart: () => undefined,
    newId: freshId,
  });
  return {
    engine,
    vision,
    nameFrames: (on) => (named = on),
    close: async () => {
      vision.close();
      await engine.hangUp();
    },
  };
}

function withoutFrame(data: unknown): unknown {
  const { frame: _frame, ...rest } = data as { frame?: unknown };
  return rest;
}
