import { expect, test } from 'vitest';
import { fuzzSeed, noise, seeded } from '../testing/clients.ts';
import { jpeg, png, webp } from '../testing/pictures.ts';
import { readPictureHeader } from './picture-header.ts';

test.each([
  ['png', png(1280, 720)],
  ['jpeg', jpeg(4032, 3024)],
  ['jpeg without comment', jpeg(640, 480, 0)],
  ['webp, extended', webp(8192, 4096)],
  ['webp, lossless', webp(1920, 1080, 'VP8L')],
  ['webp, lossy', webp(1920, 1080, 'VP8 ')],
])('T36 type and size of a %s are read from its header', (_name, { bytes, meta }) => {
  expect(readPictureHeader(bytes)).toEqual({
    mediaType: meta.mediaType,
    width: meta.width,
    height: meta.height,
  });
});

test.each([
  ['nothing', Buffer.alloc(0)],
  ['one byte', Buffer.from([0xff])],
  ['svg', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>')],
  ['html', Buffer.from('<!doctype html><script>1</script>')],
  ['gif', Buffer.from('GIF89a\x01\0\x01\0')],
  ['a PNG cut off', png(10, 10).bytes.subarray(0, 20)],
  ['a JPEG without a frame', Buffer.from([0xff, 0xd8, 0xff, 0xd9])],
  ['a JPEG whose segment has no length', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0])],
  ['RIFF that is no WebP', Buffer.from('RIFF\0\0\0\0WAVEfmt ')],
])('T36 %s is no picture', (_name, bytes) => {
  expect(readPictureHeader(bytes)).toBeUndefined();
});

const seed = fuzzSeed();
test(`T6 100,000 mangled headers never throw (SEED=${seed})`, () => {
  const random = seeded(seed);
  const originals = [png(10, 10), jpeg(10, 10, 20), webp(10, 10), webp(10, 10, 'VP8L')];
  for (let i = 0; i < 100_000; i += 1) {
    const original = originals[Math.floor(random() * originals.length)];
    const bytes = random() < 0.1 || !original ? noise(random, 40) : Buffer.from(original.bytes);
    bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
    readPictureHeader(bytes.subarray(0, Math.floor(random() * (bytes.length + 1))));
  }
});
