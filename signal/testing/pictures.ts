import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import type { ScreenshotMeta } from '#domain/session/events.ts';

/** Files with true headers; what follows is small, since nobody here decodes them. */
export interface Picture {
  bytes: Buffer;
  meta: Omit<ScreenshotMeta, 'screenshotId'>;
}

function picture(
  bytes: Buffer,
  mediaType: ScreenshotMeta['mediaType'],
  width: number,
  height: number,
): Picture {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { bytes, meta: { bytes: bytes.length, sha256, mediaType, width, height } };
}

const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

/** A PNG; `padding` bytes behind its end make it as long as wanted. */
export function png(width: number, height: number, padding = 0): Picture {
  const header = Buffer.concat([uint32(width), uint32(height), Buffer.from([8, 0, 0, 0, 0])]);
  const part = (name: string, data: Buffer) =>
    Buffer.concat([uint32(data.length), Buffer.from(name), data, uint32(0)]);
  const bytes = Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    part('IHDR', header),
    part('IDAT', deflateSync(Buffer.alloc(16))),
    part('IEND', Buffer.alloc(0)),
    Buffer.alloc(padding, 7),
  ]);
  return picture(bytes, 'image/png', width, height);
}

/** A JPEG with a long comment before its frame header, as cameras write them. */
export function jpeg(width: number, height: number, commentBytes = 70_000): Picture {
  const comments: Buffer[] = [];
  for (let left = commentBytes; left > 0; left -= 60_000) {
    const length = Math.min(left, 60_000);
    comments.push(Buffer.from([0xff, 0xfe, (length + 2) >> 8, (length + 2) & 255]), Buffer.alloc(length, 65));
  }
  const frame = Buffer.from([
    0xff,
    0xc0,
    0,
    11,
    8,
    height >> 8,
    height & 255,
    width >> 8,
    width & 255,
    1,
    1,
    0x11,
    0,
  ]);
  const bytes = Buffer.concat([Buffer.from([0xff, 0xd8]), ...comments, frame, Buffer.from([0xff, 0xd9])]);
  return picture(bytes, 'image/jpeg', width, height);
}

/** A WebP of the given kind: lossy, lossless or extended. */
export function webp(width: number, height: number, kind: 'VP8 ' | 'VP8L' | 'VP8X' = 'VP8X'): Picture {
  const body = Buffer.alloc(24);
  if (kind === 'VP8X') {
    body.writeUIntLE(width - 1, 4, 3);
    body.writeUIntLE(height - 1, 7, 3);
  } else if (kind === 'VP8L') {
    body[0] = 0x2f;
    body.writeUInt32LE(((width - 1) | ((height - 1) << 14)) >>> 0, 1);
  } else {
    body.set([0x9d, 0x01, 0x2a], 3);
    body.writeUInt16LE(width, 6);
    body.writeUInt16LE(height, 8);
  }
  const length = Buffer.alloc(4);
  length.writeUInt32LE(body.length);
  const riff = Buffer.alloc(4);
  riff.writeUInt32LE(12 + body.length);
  const bytes = Buffer.concat([
    Buffer.from('RIFF'),
    riff,
    Buffer.from('WEBP'),
    Buffer.from(kind),
    length,
    body,
  ]);
  return picture(bytes, 'image/webp', width, height);
}

/** Bytes that are no picture, with a log entry that says they are. */
export function pretended(bytes: Buffer, meta: Partial<Picture['meta']> = {}): Picture {
  const honest = picture(bytes, 'image/png', 10, 10);
  return { bytes, meta: { ...honest.meta, ...meta } };
}
