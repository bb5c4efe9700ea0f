import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const compress = promisify(gzip);

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.bin': 'application/octet-stream',
  '.txt': 'text/plain; charset=utf-8',
  '.map': 'application/json',
  '.mp3': 'audio/mpeg',
  '.wav': 'audio/wav',
  '.onnx': 'application/octet-stream',
};
const compressible = /^(text\/|application\/(json|manifest\+json|wasm)|image\/svg)/;

/**
 * The policy of the page does not reach into its workers: each goes by what its own script was served with. Like the
 * page's (svelte.config.js): nothing comes from, and nothing goes to, another host.
 */
const scriptPolicy = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "frame-ancestors 'none'",
].join('; ');

interface CachedFile {
  mtimeMs: number;
  body: Buffer<ArrayBuffer>;
  gzip: Buffer<ArrayBuffer> | undefined;
  /** As the build has made it: good brotli takes longer than anybody waits for. */
  brotli: Buffer<ArrayBuffer> | undefined;
  etag: string;
}

/** Larger files are read each time. */
const maxCachedBytes = 8 * 1024 * 1024;
const shell = 'index.html';

/** Serves the built app; whatever is no file is an address of the app and gets the shell. */
export class StaticFiles {
  readonly #dir: string;
  readonly #cache = new Map<string, CachedFile>();

  constructor(dir: string) {
    this.#dir = dir;
  }

  async serve(request: Request): Promise<Response> {
    const path = safePath(new URL(request.url).pathname);
    if (path === undefined) return notFound();
    const file = path === '' ? undefined : await this.#read(path);
    if (file) return respond(request, path, file);
    // A missing asset is a fault and not an address of the app.
    if (path.startsWith('_app/') || extname(path) !== '') return notFound();
    const fallback = await this.#read(shell);
    return fallback ? respond(request, shell, fallback) : notFound();
  }

  async #read(path: string): Promise<CachedFile | undefined> {
    const full = join(this.#dir, path);
    try {
      const facts = await stat(full);
      if (!facts.isFile()) return undefined;
      const cached = this.#cache.get(path);
      if (cached && cached.mtimeMs === facts.mtimeMs) return cached;
      const body = await readFile(full);
      const type = typeOf(path);
      const file = {
        mtimeMs: facts.mtimeMs,
        body,
        gzip: compressible.test(type) && body.length > 1024 ? await compress(body) : undefined,
        brotli: await this.#brotliOf(full, facts.mtimeMs),
        etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
      };
      if (body.length <= maxCachedBytes) this.#cache.set(path, file);
      return file;
    } catch (error) {
      const { code } = error as { code?: unknown };
      if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG' || code === 'EISDIR')
        return undefined;
      throw error;
    }
  }

  /** Where the file was changed since, what was made of it before is no word of it. */
  async #brotliOf(full: string, changedMs: number): Promise<Buffer<ArrayBuffer> | undefined> {
    const facts = await stat(`${full}.br`).catch(() => undefined);
    return facts?.isFile() && facts.mtimeMs >= changedMs ? readFile(`${full}.br`) : undefined;
  }
}

/** A path below the folder; undefined for anything that would lead out of it or to a hidden file. */
function safePath(pathname: string): string | undefined {
  let decoded: string;
  try {
    decoded = decodeURIComponent(pathname);
  } catch {
    return undefined;
  }
  if (decoded.includes('\0') || decoded.includes('\\')) return undefined;
  const path = normalize(decoded).split(sep).filter(Boolean);
  return path.some((part) => part.startsWith('.')) ? undefined : path.join('/');
}

function respond(request: Request, path: string, file: CachedFile): Response {
  const packed = packedFor(request.headers.get('accept-encoding') ?? '', file);
  const headers: Record<string, string> = {
    'content-type': typeOf(path),
    'cache-control': path.startsWith('_app/immutable/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    etag: file.etag,
    vary: 'accept-encoding',
    ...(/\.m?js$/.test(path) ? { 'content-security-policy': scriptPolicy } : {}),
    ...(path === 'service-worker.js' ? { 'service-worker-allowed': '/' } : {}),
  };
  if (request.headers.get('if-none-match') === file.etag) return new Response(null, { status: 304, headers });
  const body = packed?.body ?? file.body;
  if (packed) headers['content-encoding'] = packed.encoding;
  headers['content-length'] = String(body.length);
  return new Response(request.method === 'HEAD' ? null : body, { headers });
}

function packedFor(accepted: string, { brotli: br, gzip: zip }: CachedFile) {
  if (br && /\bbr\b/.test(accepted)) return { encoding: 'br', body: br };
  if (zip && /\bgzip\b/.test(accepted)) return { encoding: 'gzip', body: zip };
  return undefined;
}

function typeOf(path: string): string {
  return types[extname(path).toLowerCase()] ?? 'application/octet-stream';
}

function notFound(): Response {
  return new Response('Not found', {
    status: 404,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
  });
}
