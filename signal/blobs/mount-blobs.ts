import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { Server } from '@tus/server';
import type { Context } from 'hono';
import type { ErrorCode } from '#domain/error-codes.ts';
import { base64Url, idPattern, isId, type SessionId } from '#domain/ids.ts';
import { maxScreenshotBytes } from '#domain/session/events.ts';
import type { Person } from '#domain/session/subject.ts';
import { refusal } from '../http/answers.ts';
import type { MountedPart, RelayParts, UploadRow } from '../ports.ts';
import { judgeCreate } from './create-upload.ts';
import { maySee } from './items.ts';
import { FileBlobs, isStorageFull } from './file-blobs.ts';
import { ResumableFiles } from './resumable-files.ts';
import { UploadSettler } from './settle-upload.ts';

const uploadsPath = '/api/uploads';

const keepUnfinishedMs = 7 * 24 * 60 * 60_000;
const sweepEveryMs = 60 * 60_000;
/** Uploads of one item that may be under way at once; more than that is a client gone wrong. */
const maxPerItem = 4;

/**
 * Blobs: resumable uploads at /api/uploads and downloads at /api/blobs/:sessionId/:itemId. A blob appears when its
 * bytes are verified; every request is judged by what the person may see now.
 */
export async function mountBlobs(parts: RelayParts): Promise<MountedPart> {
  const { app, log, uploads } = parts;
  const files = new FileBlobs(parts.config.dataDir);
  await files.prepare();
  const settler = new UploadSettler(parts, files);
  const perItem = new Map<string, string[]>();
  const newIds = new WeakMap<object, string>();
  const tus = new Server({
    path: uploadsPath,
    datastore: new ResumableFiles(files.uploadFolder),
    maxSize: maxScreenshotBytes,
    relativeLocation: true,
    allowedOrigins: () => false,
    namingFunction: (request) => newIds.get(request) ?? base64Url(randomBytes(16)),
  });

  const create = async (context: Context, person: Person, signInId: string): Promise<Response> => {
    const verdict = await judgeCreate(parts, person, context.req.raw.headers);
    if (!verdict.ok) return refusal(verdict.reason);
    const { metadata, bytes } = verdict;
    const row: UploadRow = {
      uploadId: base64Url(randomBytes(16)),
      ownerId: person.id,
      signInId,
      sessionId: metadata.sessionId as SessionId,
      itemId: metadata.itemId,
      sha256: metadata.sha256,
      bytes,
      mediaType: metadata.mediaType,
    };
    await uploads.insert(row);
    await limitPerItem(row);
    newIds.set(context.req.raw, row.uploadId);
    const response = withCode(await tus.handleWeb(context.req.raw));
    if (response.status !== 201) {
      await drop(row.uploadId);
      return response;
    }
    return finishIfWhole(row, response);
  };

  /** A fifth upload of one item ends the first. */
  const limitPerItem = async (row: UploadRow): Promise<void> => {
    const name = FileBlobs.fileName(row);
    const ids = [...(perItem.get(name) ?? []), row.uploadId];
    perItem.set(name, ids.slice(-maxPerItem));
    for (const uploadId of ids.slice(0, -maxPerItem)) await drop(uploadId);
  };

  const drop = async (uploadId: string): Promise<void> => {
    await files.removeUpload(uploadId);
    await uploads.remove(uploadId);
  };

  const finishIfWhole = async (row: UploadRow, response: Response): Promise<Response> => {
    if (response.headers.get('upload-offset') !== String(row.bytes)) return response;
    const settled = await settler.settle(row);
    return settled.ok ? response : refusal(settled.reason);
  };

  const resume = async (context: Context, row: UploadRow): Promise<Response> => {
    const method = context.req.raw.method;
    // Also finishes what an earlier run left whole but unfinished: its owner would not send anything more.
    const settled = await settler.settle(row);
    if (!settled.ok) return refusal(settled.reason);
    if (settled.state === 'stored')
      return method === 'DELETE' ? refusal('not-found') : answerStored(row, method);
    const response = withCode(await tus.handleWeb(context.req.raw));
    if (method === 'DELETE' && response.status === 204) await uploads.remove(row.uploadId);
    return method === 'PATCH' ? finishIfWhole(row, response) : response;
  };

  app.all(`${uploadsPath}/*`, (context) => guarded(context, handleUpload));
  app.all(uploadsPath, (context) => guarded(context, handleUpload));
  app.get('/api/blobs/:sessionId/:itemId', (context) => guarded(context, serveBlob));

  const handleUpload = async (context: Context): Promise<Response> => {
    const caller = await parts.authenticate(context.req.raw);
    if (!caller) return refusal('not-signed-in');
    const method = context.req.raw.method;
    const path = new URL(context.req.url).pathname;
    if (path === uploadsPath) {
      return method === 'POST' ? create(context, caller.person, caller.signInId) : refusal('not-found');
    }
    const uploadId = path.slice(uploadsPath.length + 1);
    if (!idPattern.test(uploadId) || !['HEAD', 'PATCH', 'DELETE'].includes(method))
      return refusal('not-found');
    const row = await uploads.find(uploadId);
    if (!row || row.ownerId !== caller.person.id) return refusal('not-found');
    if (!(await maySee(parts, caller.person, row.sessionId))) return refusal('not-found');
    return resume(context, row);
  };

  const serveBlob = async (context: Context): Promise<Response> => {
    const caller = await parts.authenticate(context.req.raw);
    if (!caller) return refusal('not-signed-in');
    const sessionId = context.req.param('sessionId');
    const itemId = context.req.param('itemId');
    if (!isId(sessionId) || !isId(itemId)) return refusal('not-found');
    if (!(await maySee(parts, caller.person, sessionId as SessionId))) return refusal('not-found');
    const blob = await parts.blobs.find(sessionId as SessionId, itemId);
    if (!blob) return refusal('not-found');
    const headers = {
      'content-type': blob.mediaType,
      'content-disposition': `attachment; filename="${itemId}.${extensions[blob.mediaType] ?? 'bin'}"`,
      'content-security-policy': "sandbox; default-src 'none'",
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
      // Kept by the browser, but asked for again each time: the right to see it may have ended.
      'cache-control': 'private, no-cache',
      etag: `"${blob.sha256}"`,
    };
    if (context.req.header('if-none-match') === headers.etag)
      return new Response(null, { status: 304, headers });
    if (!(await files.hasBlob(blob.fileName))) {
      log.error({ fileName: blob.fileName }, 'blob file missing');
      return refusal('not-found');
    }
    if (context.req.raw.method === 'HEAD') return new Response(null, { headers });
    const body = Readable.toWeb(createReadStream(files.blobPath(blob.fileName)));
    return new Response(body as ReadableStream, {
      headers: { ...headers, 'content-length': String(blob.bytes) },
    });
  };

  const guarded = async (
    context: Context,
    handle: (context: Context) => Promise<Response>,
  ): Promise<Response> => {
    try {
      return await handle(context);
    } catch (error) {
      if (isStorageFull(error)) return refusal('storage-full');
      log.error({ err: error }, 'blob request');
      return refusal('internal');
    }
  };

  /** Finishes what a crash cut off, and forgets uploads that nobody goes on with. */
  const sweep = async (): Promise<void> => {
    for (const { uploadId, atMs } of await files.uploads()) {
      const row = await uploads.find(uploadId);
      if (row) await settler.settle(row);
      if (!row || parts.clock.nowMs() - atMs > keepUnfinishedMs) await drop(uploadId);
    }
  };
  let sweeping: Promise<void> = Promise.resolve();
  const startSweep = () => {
    sweeping = sweeping.then(sweep).catch((error: unknown) => log.error({ err: error }, 'sweep of uploads'));
  };
  const timer = setInterval(startSweep, sweepEveryMs);
  timer.unref();
  setImmediate(startSweep);

  return {
    async close() {
      clearInterval(timer);
      await sweeping;
      await settler.idle();
    },
  };
}

const extensions: Readonly<Record<string, string>> = {
  'image/jpeg': 'jpeg',
  'image/png': 'png',
  'image/webp': 'webp',
  'application/pdf': 'pdf',
  'text/plain': 'txt',
};

/** What is already here: whatever the client goes on with, it is told that all bytes have arrived. */
function answerStored(row: UploadRow, method: string): Response {
  return new Response(null, {
    status: method === 'HEAD' ? 200 : 204,
    headers: {
      'tus-resumable': '1.0.0',
      'upload-offset': String(row.bytes),
      'upload-length': String(row.bytes),
      'cache-control': 'no-store',
    },
  });
}

const codeOfStatus: Partial<Record<number, ErrorCode>> = {
  400: 'malformed',
  403: 'malformed',
  404: 'not-found',
  409: 'stale',
  410: 'not-found',
  412: 'unsupported-version',
  413: 'too-large',
  507: 'storage-full',
};

/** The upload server's own refusals, with a code in place of their text. */
function withCode(response: Response): Response {
  if (response.status < 400) return response;
  const headers = new Headers(response.headers);
  headers.delete('content-length');
  headers.set('content-type', 'application/json');
  const body = JSON.stringify({ code: codeOfStatus[response.status] ?? 'internal' });
  return new Response(body, { status: response.status, headers });
}
