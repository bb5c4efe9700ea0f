import type { ErrorCode } from '#domain/error-codes.ts';
import { refuse, type Result } from '#domain/result.ts';

const maxBodyBytes = 64 * 1024;
const bodyTimeoutMs = 10_000;

/** Reads a JSON body with a cap on its size and on the time it takes. Never throws. */
export async function readJson(request: Request): Promise<Result<unknown, ErrorCode>> {
  const announced = Number(request.headers.get('content-length') ?? 0);
  if (announced > maxBodyBytes) return refuse('too-large');
  const reader = request.body?.getReader();
  if (!reader) return refuse('malformed');
  const timer = setTimeout(() => void reader.cancel('timeout').catch(() => undefined), bodyTimeoutMs);
  try {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      size += value.byteLength;
      if (size > maxBodyBytes) {
        await reader.cancel('too-large');
        return refuse('too-large');
      }
      chunks.push(value);
    }
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch {
    return refuse('malformed');
  } finally {
    clearTimeout(timer);
  }
}
