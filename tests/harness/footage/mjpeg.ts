// MJPEG: JPEGs, one after the other.

const border = Buffer.from([0xff, 0xd9, 0xff, 0xd8]);

/** The pictures of a .mjpeg file, each a JPEG. */
export function splitMjpeg(bytes: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(border, start);
    frames.push(bytes.subarray(start, end < 0 ? bytes.length : end + 2));
    start = end < 0 ? bytes.length : end + 2;
  }
  return frames;
}
