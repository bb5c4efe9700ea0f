import { createWriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
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
    const file = createWriteStream(`${this.directory}/${uploadId}`, { flags: 'r+', start: offset });
    try {
      await pipeline(readable, file);
    } catch (error) {
      throw asFailure(error);
    }
    return offset + file.bytesWritten;
  }
}

function asFailure(error: unknown): unknown {
  return isStorageFull(error) ? new UploadFailure(507, 'storage-full', error) : error;
}
