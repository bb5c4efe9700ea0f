import type { FramePacking } from './ports.ts';

/** Deflate of the platform (browsers and Node); undefined where it has none. */
export function webPacking(): FramePacking | undefined {
  if (typeof CompressionStream === 'undefined' || typeof DecompressionStream === 'undefined')
    return undefined;
  try {
    new CompressionStream('deflate-raw');
  } catch {
    // An older browser that knows gzip alone.
    return undefined;
  }
  return {
    pack: async (text) => {
      const packed = new Response(text).body?.pipeThrough(new CompressionStream('deflate-raw'));
      return new Uint8Array(await new Response(packed).arrayBuffer());
    },
    unpack: (bytes) => {
      const text = new Response(bytes).body?.pipeThrough(new DecompressionStream('deflate-raw'));
      return new Response(text).text();
    },
  };
}
