import { open, type FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { FileStore } from '@tus/file-store';
import { isStorageFull } from './file-blobs.ts';

type Upload = Parameters<FileStore['create']>[0];

/** How a failure is told to the upload server: status and body of the answer. */
class UploadFailure extends Error {
  readonly status_code: number;
  readonly body: string;
  constructor(status: number, code: string, cause: unknown) {
    super(code, { cause });
    this.status_code = status;
    this.body = code;
  }
}

/** Files of uploads under way. Says when the disk is full, and offers nothing but to create, write and end one. */
export class ResumableFiles extends FileStore {
  constructor(directory: string) {
    super({ directory });
    this.extensions = ['creation', 'creation-with-upload', 'termination'];
  }

  override async create(upload: Upload): Promise<Upload> {
    try {
      return await super.create(upload);
    } catch (error) {
      throw asFailure(error);
    }
  }

  override async write(readable: Readable, uploadId: string, offset: number): Promise<number> {
    const file = await open(`${this.directory}/${uploadId}`, 'r+');
    let at = offset;
    try {
      // Left open on failure: destroyed here, the stream's own error would hide the reason.
      for await (const chunk of readable.iterator({ destroyOnReturn: false })) {
        at += await writeAll(file, chunk as Uint8Array, at);
      }
    } catch (error) {
      throw asFailure(error);
    } finally {
      await file.close();
    }
    return at;
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array, at: number): Promise<number> {
  for (let done = 0; done < bytes.length;) {
    done += (await file.write(bytes, done, bytes.length - done, at + done)).bytesWritten;
  }
  return bytes.length;
}

function asFailure(error: unknown): unknown {
  return isStorageFull(error) ? new UploadFailure(507, 'storage-full', error) : error;
}
