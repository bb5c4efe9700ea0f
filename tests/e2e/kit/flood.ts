import { encodeAddressedStroke } from '#domain/annotation/addressed-stroke.ts';
import { encodeStrokeDatagram } from '#domain/annotation/live.ts';
import { pictureId } from '#domain/picture/picture-id.ts';
import { liveKinds } from '#domain/protocol/live-kinds.ts';
import { encodeTracking } from '#domain/tracking/tracking-datagram.ts';

/** Datagrams of the live channel in base64: strokes, places of highlights, and bytes without sense, in turn. */
export function floodOf(count: number): string[] {
  // The first to have joined the call, whoever that is.
  const picture = pictureId('first');
  const order = ['first'];
  const pose = { epoch: 1, a: 1, b: 0, dx: 0.1, dy: 0.1 };
  return Array.from({ length: count }, (_, at) => {
    const share = (at % 89) / 89;
    const points = [0, 1, 2, 3].map((step) => ({ x: share, y: step / 5 }));
    const box = { x: share / 2, y: share / 2, width: 0.2, height: 0.2 };
    const stroke = encodeStrokeDatagram({
      strokeId: at,
      tool: 'pen',
      width: 'medium',
      form: 'append',
      at: 0,
      points,
      end: at % 2 === 0,
      cancel: false,
    });
    const objects = [0, 1, 2, 3, 4].map((index) => ({
      index,
      state: 'tracked' as const,
      confidence: 1,
      box,
    }));
    const bytes = [
      [liveKinds.stroke, ...(encodeAddressedStroke({ picture, frame: undefined, stroke }, order) ?? [])],
      [liveKinds.tracking, ...(encodeTracking({ picture, frame: at * 3_000, pose, objects }, order) ?? [])],
      [1 + (at % 5), ...Array.from({ length: 40 }, (__, step) => (at * 31 + step * 97) % 256)],
    ][at % 3];
    return Buffer.from(bytes ?? []).toString('base64');
  });
}
