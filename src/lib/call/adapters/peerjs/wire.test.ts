import { describe, expect, it } from 'vitest';
import { decodeRelayFrame, encodeLinkFrame, encodeLiveFrame } from './relay-frames.ts';
import {
  encodeLinkMessage,
  jsonDepth,
  maxControlBytes,
  parseCallMetadata,
  parseLinkMessage,
} from './wire.ts';

describe('control messages', () => {
  it.each([
    ['nothing', ''],
    ['no JSON', '{"t":'],
    ['another kind', '{"t":"surprise"}'],
    ['a source that is none', '{"t":"tracks","sources":["thermal"]}'],
    ['bytes', new ArrayBuffer(5)],
    ['brackets without end', '['.repeat(20_000)],
    ['nested too deep', JSON.stringify({ t: 'app', message: JSON.parse('['.repeat(20) + ']'.repeat(20)) })],
    ['too large', JSON.stringify({ t: 'app', message: 'x'.repeat(maxControlBytes) })],
  ])('T5 %s is no message', (_what, frame) => {
    expect(parseLinkMessage(frame)).toBeUndefined();
  });

  it('what is written can be read', () => {
    const message = { t: 'app', message: { topic: 'freeze', data: { text: 'a "[" in a text' } } } as const;
    expect(parseLinkMessage(encodeLinkMessage(message))).toEqual(message);
  });

  it('T5 what the other side would not take is not sent', () => {
    expect(encodeLinkMessage({ t: 'app', message: 'x'.repeat(maxControlBytes) })).toBeUndefined();
  });

  it('P20 what is said of devices is read in the form of the version before, and of a newer one', () => {
    const media = { microphone: 'none', camera: 'off', screen: 'none' };
    const read = (more: object) => {
      const message = parseLinkMessage(JSON.stringify({ t: 'media', media: { ...media, ...more } }));
      return message?.t === 'media' ? message.media : undefined;
    };
    expect(read({})).toEqual(media);
    expect(read({ microphoneReason: 'unplugged' })).toEqual({ ...media, microphoneReason: 'unplugged' });
    expect(read({ microphoneReason: 'eaten', cameraReason: 'busy' })).toEqual({
      ...media,
      cameraReason: 'busy',
    });
    expect(read({ cameraReason: 7, more: true })).toEqual(media);
  });

  it('depth does not count brackets in texts', () => {
    expect([jsonDepth('{"a":["[[[\\"[["]}'), jsonDepth('1'), jsonDepth('[[],[[]]]')]).toEqual([2, 0, 3]);
  });

  it('malformed metadata of a call counts as nothing', () => {
    expect(parseCallMetadata({ sources: ['camera'] })).toEqual(['camera']);
    expect([parseCallMetadata(undefined), parseCallMetadata({ sources: 'all' })]).toEqual([[], []]);
  });
});

describe('frames through the relay', () => {
  const sdp = 'a=rtpmap:96 VP8/90000\r\n'.repeat(400);

  it('carries a session description in less than the relay takes', async () => {
    const frame = await encodeLinkFrame('bert', sdp);
    expect(frame?.length).toBeLessThan(8 * 1024);
    expect(await decodeRelayFrame(frame ?? new Uint8Array(), 'bert')).toMatchObject({
      kind: 'link',
      body: sdp,
    });
  });

  it('is only for whom it is addressed to', async () => {
    const frame = encodeLiveFrame('bert', new Uint8Array([1, 2]));
    expect(await decodeRelayFrame(frame, 'bert')).toMatchObject({
      kind: 'live',
      body: new Uint8Array([1, 2]),
    });
    expect(await decodeRelayFrame(frame, 'cora')).toBeUndefined();
  });

  it('T5 a small frame that unpacks to a large one is refused', async () => {
    const bomb = await encodeLinkFrame('bert', 'a'.repeat(1_000_000));
    expect(bomb?.length).toBeLessThan(8 * 1024);
    expect(await decodeRelayFrame(bomb ?? new Uint8Array(), 'bert')).toBeUndefined();
  });

  it.each([[[]], [[1]], [[1, 200, 3]], [[2, 4, 98, 101, 114, 116, 255, 255]], [[9, 4, 98, 101, 114, 116]]])(
    'T5 %j is no frame',
    async (bytes) => {
      expect(await decodeRelayFrame(new Uint8Array(bytes), 'bert')).toBeUndefined();
    },
  );
});
