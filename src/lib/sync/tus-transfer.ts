import * as v from 'valibot';
import type { DetailedError, PreviousUpload, UrlStorage } from 'tus-js-client';
import { httpErrorSchema } from '#domain/protocol/http.ts';
import { ok, refuse } from '#domain/result.ts';
import type { ErrorCode } from '#domain/error-codes.ts';
import type { UploadUrlStore } from '../storage/blob-store.ts';
import type { Answer } from './api-client.ts';
import type { BlobTransfer, LoadBlobTransfer } from './blob-transfer.ts';

/** Pieces in which a picture is sent, in bytes: what a lost connection costs at the most. */
const chunkBytes = 512 * 1024;

/**
 * Uploads by tus. The library is loaded with the first picture. `headers` are for places where no browser adds the
 * cookie and the origin.
 */
export const tusTransfer =
  (
    baseUrl: string,
    toSource: (bytes: ArrayBuffer, mediaType: string) => File | Blob,
    headers: () => Record<string, string> = () => ({}),
  ): LoadBlobTransfer =>
  async (urls): Promise<BlobTransfer> => {
    const { Upload } = await import('tus-js-client');
    return {
      send: (item, bytes, { onProgress, signal }) =>
        new Promise((resolve) => {
          const finish = (answer: Answer<void>): void => {
            signal.removeEventListener('abort', stop);
            resolve(answer);
          };
          const upload = new Upload(toSource(bytes, item.mediaType), {
            endpoint: `${baseUrl}/api/uploads`,
            headers: headers(),
            chunkSize: chunkBytes,
            // Waiting and trying again is the uploader's business, which knows of the connection.
            retryDelays: null,
            storeFingerprintForResuming: true,
            removeFingerprintOnSuccess: true,
            fingerprint: () => Promise.resolve(item.itemId),
            urlStorage: urlStorageOver(urls),
            uploadSize: bytes.byteLength,
            metadata: {
              [item.kind === 'screenshot' ? 'sessionId' : 'ticketId']: item.streamId,
              itemId: item.itemId,
              kind: item.kind,
              sha256: item.sha256,
              mediaType: item.mediaType,
            },
            onProgress: (sent, total) => onProgress(total > 0 ? sent / total : 0),
            onSuccess: () => finish(ok(undefined)),
            onError: (error) => finish(refuse(reasonOf(error))),
          });
          const stop = (): void => {
            void upload.abort();
            finish(refuse('relay-unreachable'));
          };
          signal.addEventListener('abort', stop);
          upload
            .findPreviousUploads()
            .then((earlier) => {
              const newest = earlier.at(-1);
              if (newest) upload.resumeFromPreviousUpload(newest);
              if (!signal.aborted) upload.start();
            })
            .catch(() => finish(refuse('not-saved-here')));
        }),
    };
  };

const previousUploadSchema = v.looseObject({ urlStorageKey: v.string() });

function urlStorageOver(urls: UploadUrlStore): UrlStorage {
  const find = async (fingerprint?: string): Promise<PreviousUpload[]> =>
    (await urls.find(fingerprint)).flatMap(({ key, upload }) => {
      const known = { ...upload, urlStorageKey: key };
      return v.is(previousUploadSchema, known) ? [known as unknown as PreviousUpload] : [];
    });
  return {
    findAllUploads: () => find(),
    findUploadsByFingerprint: find,
    removeUpload: (key) => urls.remove(key),
    addUpload: async (fingerprint, upload) => {
      // One upload at a time for a picture: the number only keeps names apart after a reload.
      const key = `${fingerprint}:${(await urls.find(fingerprint)).length}`;
      await urls.add({ key, fingerprint, upload: { ...upload } });
      return key;
    },
  };
}

function reasonOf(error: Error | DetailedError): ErrorCode {
  const response = 'originalResponse' in error ? error.originalResponse : null;
  if (!response) return 'relay-unreachable';
  const status = response.getStatus();
  if (status >= 500 && status !== 507) return 'relay-unreachable';
  const body = v.safeParse(v.pipe(v.string(), v.parseJson(), httpErrorSchema), response.getBody());
  if (body.success) return body.output.code;
  if (status === 401) return 'not-signed-in';
  if (status === 404 || status === 410) return 'item-unknown';
  if (status === 413) return 'too-large';
  return status === 429 || status === 507 ? 'too-many-requests' : 'internal';
}
