import type { Result } from '#domain/result.ts';
import { modelAddress, modelFiles, type ModelName } from '#domain/vision/model-files.ts';

/** `missing`: cannot be had here and now. `wrong-hash`: what is served there is something else. */
export type ReadRefusal = 'missing' | 'wrong-hash';

/**
 * A model's file from this installation, verified. A damaged copy in a cache is asked for anew, once.
 * @param modelsUrl absolute, with a slash at the end
 * @throws DOMException AbortError
 */
export async function readModel(
  modelsUrl: string,
  name: ModelName,
  signal?: AbortSignal,
): Promise<Result<ArrayBuffer, ReadRefusal>> {
  const url = new URL(modelAddress(name), modelsUrl);
  const kept = await readBytes(url, { signal });
  if (!kept) return { ok: false, reason: 'missing' };
  if (await isRight(name, kept)) return { ok: true, value: kept };
  const anew = await readBytes(url, { signal, cache: 'reload' });
  return anew && (await isRight(name, anew))
    ? { ok: true, value: anew }
    : { ok: false, reason: 'wrong-hash' };
}

async function readBytes(
  url: URL,
  { signal, cache }: { signal: AbortSignal | undefined; cache?: RequestCache },
): Promise<ArrayBuffer | undefined> {
  try {
    const response = await fetch(url, {
      redirect: 'error',
      ...(signal && { signal }),
      ...(cache && { cache }),
    });
    return response.ok ? await response.arrayBuffer() : undefined;
  } catch (error) {
    // No network and not in the cache, or cut off in the middle.
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

async function isRight(name: ModelName, bytes: ArrayBuffer): Promise<boolean> {
  const wanted = modelFiles[name];
  if (bytes.byteLength !== wanted.bytes) return false;
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('') === wanted.sha256;
}
