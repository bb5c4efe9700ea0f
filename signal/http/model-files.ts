import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { contentKey, isModelName, modelFiles, type ModelName } from '#domain/vision/model-files.ts';

/** Address of the models folder; every file of it is known by name, so no path can lead out of it. */
export const modelsPath = '/models/';

/**
 * Serves the weights of models: files of the names and hashes that this version knows, from the first of several
 * folders that has the right one. They may appear while the relay runs.
 */
export class ModelFiles {
  readonly #folders: readonly string[];
  readonly #log: Logger;
  /** What was last found at a path: whether it was right, and by which facts it is still the same. */
  readonly #judged = new Map<string, { readonly facts: string; readonly right: boolean }>();

  constructor(folders: readonly string[], log: Logger) {
    this.#folders = folders;
    this.#log = log;
  }

  async serve(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const name = pathname.slice(modelsPath.length);
    const body = isModelName(name) ? await this.#find(name) : undefined;
    if (!isModelName(name) || !body) return notFound();
    const { sha256 } = modelFiles[name];
    const etag = `"${sha256.slice(0, 22)}"`;
    const key = searchParams.get(contentKey);
    const isOneContent = key !== null && key.length >= 16 && sha256.startsWith(key);
    const headers: Record<string, string> = {
      'content-type': name.endsWith('.json') ? 'application/json' : 'application/octet-stream',
      'cache-control': isOneContent ? 'public, max-age=31536000, immutable' : 'no-cache',
      etag,
    };
    if (request.headers.get('if-none-match') === etag) return new Response(null, { status: 304, headers });
    headers['content-length'] = String(body.length);
    return new Response(request.method === 'HEAD' ? null : body, { headers });
  }

  async #find(name: ModelName): Promise<Buffer<ArrayBuffer> | undefined> {
    for (const folder of this.#folders) {
      const body = await this.#read(join(folder, name), name);
      if (body) return body;
    }
    return undefined;
  }

  async #read(path: string, name: ModelName): Promise<Buffer<ArrayBuffer> | undefined> {
    const { bytes, sha256 } = modelFiles[name];
    const found = await unlessMissing(stat(path));
    if (!found?.isFile()) return undefined;
    const facts = `${found.size} ${found.mtimeMs}`;
    const judged = this.#judged.get(path);
    if (judged?.facts === facts && !judged.right) return undefined;
    const body = found.size === bytes ? await unlessMissing(readFile(path)) : undefined;
    if (judged?.facts === facts) return body;
    const right = body !== undefined && createHash('sha256').update(body).digest('hex') === sha256;
    this.#judged.set(path, { facts, right });
    if (!right) this.#log.warn({ model: name }, 'model is not the one this version knows');
    return right ? body : undefined;
  }
}

async function unlessMissing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES' || code === 'EISDIR') return undefined;
    throw error;
  }
}

function notFound(): Response {
  return new Response('Not found', {
    status: 404,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
  });
}
