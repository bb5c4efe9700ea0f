import { describe, expect, test } from 'vitest';
import type { MarkAnchor } from '#domain/picture/mark-anchor.ts';
import { pictureId, pictureOwner, type PictureId } from '#domain/picture/picture-id.ts';
import { StrokeExchange } from './stroke-exchange.ts';

const order = ['tablet', 'erika', 'guest'];
const datagram = Uint8Array.of(0x11, 2, 3, 4);
const tabletCamera = pictureId('tablet');

/** Names of the tablet's frames, on the links to it alone. */
const vision = {
  frameNameFor: (participantId: string, { picture, atMs }: MarkAnchor) =>
    participantId === 'tablet' && pictureOwner(picture) === 'tablet' && atMs !== undefined
      ? atMs * 90
      : undefined,
  anchorFrom: (_from: string, picture: PictureId, frame: number | undefined) =>
    frame === undefined ? undefined : { picture, atMs: frame / 90 },
};

function exchange(self: string, sent: { bytes: Uint8Array; to: string }[] = [], withVision = true) {
  return new StrokeExchange({
    order: () => order,
    others: () => order.filter((id) => id !== self),
    vision: () => (withVision ? vision : undefined),
    send: (bytes, to) => sent.push({ bytes, to }),
  });
}

describe('strokes on their way', () => {
  test.each([tabletCamera, pictureId('tablet', 'screen')])(
    "B20 the picture's side is told the frame, others the picture: %s",
    (picture) => {
      const sent: { bytes: Uint8Array; to: string }[] = [];
      exchange('erika', sent).send(picture, datagram, { picture, atMs: 4_000_000 });
      const [toTablet, toGuest] = sent;
      expect(exchange('tablet').receive('erika', toTablet?.bytes ?? datagram)).toEqual({
        picture,
        datagram,
        anchor: { picture, atMs: 4_000_000 },
      });
      expect(exchange('guest').receive('erika', toGuest?.bytes ?? datagram)).toEqual({
        picture,
        datagram,
        anchor: undefined,
      });
    },
  );

  test('B20 the name is said often enough that a lost datagram is no harm, and not with each', () => {
    const sent: { bytes: Uint8Array; to: string }[] = [];
    const strokes = exchange('erika', sent);
    const anchor = { picture: tabletCamera, atMs: 100 };
    for (let i = 0; i < 40; i += 1) strokes.send(tabletCamera, datagram, anchor);
    const named = sent.filter(({ bytes }) => bytes.length === datagram.length + 5);
    expect(named.length).toBeGreaterThanOrEqual(4);
    expect(named.length).toBeLessThan(8);
  });

  test("T28 what is cut short or names nobody's picture is dropped; without vision strokes go on", () => {
    const tablet = exchange('tablet');
    expect(tablet.receive('erika', Uint8Array.of(0x80, 1, 2))).toBeUndefined();
    expect(tablet.receive('erika', Uint8Array.of(77, 1, 2))).toBeUndefined();
    expect(tablet.receive('erika', new Uint8Array())).toBeUndefined();
    const sent: { bytes: Uint8Array; to: string }[] = [];
    const picture = pictureId('guest');
    exchange('erika', sent, false).send(picture, datagram, { picture, atMs: 1 });
    expect(exchange('guest', [], false).receive('erika', sent[1]?.bytes ?? datagram)).toEqual({
      picture,
      datagram,
      anchor: undefined,
    });
  });

  test('T28 a stroke on a picture of somebody who never was in the call goes to nobody', () => {
    const sent: { bytes: Uint8Array; to: string }[] = [];
    exchange('erika', sent).send(pictureId('stranger'), datagram, undefined);
    expect(sent).toEqual([]);
  });
});
