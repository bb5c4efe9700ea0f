import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { photo, photoSecrets, pngWithWords, webpWithPlace } from '#harness/domain/photos.ts';
import { withoutMetadata } from './without-metadata.ts';

const asText = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const jpegPart = (kind: number, text: string): number[] => {
  const data = [...Buffer.from(text, 'latin1')];
  return [0xff, kind, (data.length + 2) >> 8, (data.length + 2) & 0xff, ...data];
};

describe('T38 pictures leave without their metadata', () => {
  it('a photo: place, owner, preview and the pictures behind its end are gone; what is shown is there', () => {
    const cleaned = withoutMetadata(photo({ orientation: 1 }));
    for (const secret of photoSecrets) expect(asText(cleaned)).not.toContain(secret);
    for (const shown of ['JFIF\0', 'ICC_PROFILE\0', 'Adobe', 'tables', 'pixels\xff\0pixels\xff\xd0more'])
      expect(asText(cleaned)).toContain(shown);
    expect(asText(cleaned)).not.toContain('Exif');
    expect([...cleaned.slice(-2)]).toEqual([0xff, 0xd9]);
  });

  it.each([2, 3, 4, 5, 6, 7, 8])('a photo that lies on its side, %i, stays upright', (orientation) => {
    for (const littleEndian of [true, false]) {
      const cleaned = withoutMetadata(photo({ orientation, littleEndian }));
      expect(cleaned.length).toBeLessThan(photo({ orientation, littleEndian }).length);
      const at = asText(cleaned).indexOf('Exif\0\0MM');
      expect(at).toBeGreaterThan(0);
      // One entry: the orientation, a short.
      expect([...cleaned.slice(at + 14, at + 26)]).toEqual([0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation]);
      for (const secret of photoSecrets) expect(asText(cleaned)).not.toContain(secret);
    }
  });

  it('a drawing: words and times are gone', () => {
    const cleaned = asText(withoutMetadata(pngWithWords()));
    expect(cleaned).not.toMatch(/tEXt|eXIf|tIME|Ada at home|behind/);
    expect(cleaned).toMatch(/IHDR.*gAMA.*IDATpixels.*IEND/s);
  });

  it('a WebP: place is gone, and its header says so', () => {
    const cleaned = withoutMetadata(webpWithPlace());
    expect(asText(cleaned)).not.toMatch(/EXIF|XMP |52\.5/);
    expect(asText(cleaned)).toContain('VP8 pixels');
    // Transparency is still said, metadata not.
    expect(cleaned[20]).toBe(0x10);
    expect(new DataView(cleaned.buffer).getUint32(4, true)).toBe(cleaned.length - 8);
  });

  it('what is no picture is left as it is', () => {
    for (const text of ['', '%PDF-1.7 Exif', 'plain words', '\xff\xd8'])
      expect(asText(withoutMetadata(Uint8Array.from(Buffer.from(text, 'latin1'))))).toBe(text);
  });

  it('a photo that was cut off says nothing either', () => {
    const whole = photo({ orientation: 6 });
    for (let length = 0; length < whole.length; length += 1) {
      const cleaned = asText(withoutMetadata(whole.slice(0, length)));
      if (length > 2) for (const secret of photoSecrets) expect(cleaned).not.toContain(secret);
    }
  });

  test('no bytes make it fail, and twice is once', () => {
    const jpeg = fc
      .array(
        fc.oneof(fc.uint8Array({ maxLength: 12 }), fc.constant(Uint8Array.from(jpegPart(0xe1, 'Exif\0\0')))),
      )
      .map((parts) => Uint8Array.from([0xff, 0xd8, ...parts.flatMap((part) => [...part])]));
    const riff = fc
      .uint8Array({ maxLength: 60 })
      .map((rest) => Uint8Array.from([...Buffer.from('RIFF\x40\0\0\0WEBP'), ...rest]));
    const png = fc
      .uint8Array({ maxLength: 60 })
      .map((rest) => Uint8Array.from([...pngWithWords().subarray(0, 8), ...rest]));
    fc.assert(
      fc.property(fc.oneof(jpeg, riff, png, fc.uint8Array()), (drawn) => {
        const bytes = Uint8Array.from(drawn);
        const once = withoutMetadata(bytes);
        expect(asText(withoutMetadata(once))).toBe(asText(once));
      }),
    );
  });
});
