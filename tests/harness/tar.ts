import { gzipSync } from 'node:zlib';

const block = 512;

function header(path: string, size: number): Buffer {
  const head = Buffer.alloc(block);
  head.write(path, 0, 100, 'latin1');
  head.write('0000644\0', 100, 'latin1');
  head.write(`${size.toString(8).padStart(11, '0')}\0`, 124, 'latin1');
  head.write('0ustar\x0000', 156, 'latin1');
  return head;
}

/** A gzipped tar of these files, as a package registry serves packages. */
export function packFiles(files: ReadonlyMap<string, Uint8Array>): Buffer {
  const parts = [...files].flatMap(([path, bytes]) => [
    header(path, bytes.length),
    bytes,
    Buffer.alloc((block - (bytes.length % block)) % block),
  ]);
  return gzipSync(Buffer.concat([...parts, Buffer.alloc(2 * block)]), { level: 0 });
}
