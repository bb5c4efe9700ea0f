import { describe, expect, test } from 'vitest';
import { ByteReader, ByteWriter } from '../annotation/bytes.ts';
import {
  isCamera,
  parsePictureId,
  pictureId,
  pictureOwner,
  pictureSources,
  readPicture,
  writePicture,
} from './picture-id.ts';

const order = ['anna', 'ben'];

describe('pictures have names', () => {
  test('P20 a camera goes by its participant, as the version before reads it', () => {
    expect(pictureId('anna')).toBe('anna');
    expect(parsePictureId('anna')).toEqual({ participantId: 'anna', source: 'camera' });
  });

  test.each(pictureSources)('a name leads back to participant and source: %s', (source) => {
    const id = pictureId('anna', source);
    expect(parsePictureId(id)).toEqual({ participantId: 'anna', source });
    expect(pictureOwner(id)).toBe('anna');
    expect(isCamera(id)).toBe(source === 'camera');
  });

  test.each(['', '~screen', 'anna~hologram', 'anna~screen~still', 'anna~camera', 'x'.repeat(65)])(
    'no picture: %j',
    (text) => expect(parsePictureId(text)).toBeUndefined(),
  );
});

describe('pictures in datagrams', () => {
  test.each(pictureSources.flatMap((source) => [[source, false] as const, [source, true] as const]))(
    'come back as they went: %s, flag %s',
    (source, flag) => {
      const writer = new ByteWriter();
      expect(writePicture(writer, pictureId('ben', source), order, flag)).toBe(true);
      const bytes = writer.done();
      expect(bytes.length).toBe(source === 'camera' ? 1 : 3);
      expect(readPicture(new ByteReader(bytes), order)).toEqual({ picture: pictureId('ben', source), flag });
    },
  );

  test('P20 the version before finds nobody where another source stands', () => {
    const writer = new ByteWriter();
    writePicture(writer, pictureId('ben', 'screen'), order, true);
    const [first = 0] = writer.done();
    expect(order[first & 0x7f]).toBeUndefined();
  });

  test('somebody far down the order is told in the long form', () => {
    const many = Array.from({ length: 200 }, (_, at) => `p${at}`);
    const writer = new ByteWriter();
    expect(writePicture(writer, pictureId('p127'), many)).toBe(true);
    expect(readPicture(new ByteReader(writer.done()), many).picture).toBe('p127');
  });

  test('nothing is written of a stranger, nothing understood of an unknown source', () => {
    const writer = new ByteWriter();
    expect(writePicture(writer, pictureId('carl'), order)).toBe(false);
    expect(writer.done().length).toBe(0);
    expect(readPicture(new ByteReader(Uint8Array.of(0x7f, 0, 99)), order).picture).toBeUndefined();
  });
});
