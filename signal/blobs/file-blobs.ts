import { mkdir, open, readFile, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isId } from '#domain/ids.ts';
import type { UploadRow } from '../ports.ts';

/** Where the bytes are: uploads under way, and blobs that were verified. Names are made here, from checked ids. */
export class FileBlobs {
  readonly uploadFolder: string;
  readonly blobFolder: string;

  constructor(dataDir: string) {
    this.uploadFolder = join(dataDir, 'uploads');
    this.blobFolder = join(dataDir, 'blobs');
  }

  async prepare(): Promise<void> {
    await mkdir(this.uploadFolder, { recursive: true });
    await mkdir(this.blobFolder, { recursive: true });
  }

  static fileName(row: Pick<UploadRow, 'sessionId' | 'itemId'>): string {
    return `${row.sessionId}.${row.itemId}`;
  }

  blobPath(fileName: string): string {
    return join(this.blobFolder, fileName);
  }

  uploadPath(uploadId: string): string {
    return join(this.uploadFolder, uploadId);
  }

  /** How many bytes of an upload are here; undefined when there is no such file. */
  async uploadedBytes(uploadId: string): Promise<number | undefined> {
    return sizeOf(this.uploadPath(uploadId));
  }

  async hasBlob(fileName: string): Promise<boolean> {
    return (await sizeOf(this.blobPath(fileName))) !== undefined;
  }

  readUpload(uploadId: string): Promise<Buffer> {
    return readFile(this.uploadPath(uploadId));
  }

  readBlob(fileName: string): Promise<Buffer> {
    return readFile(this.blobPath(fileName));
  }

  /** Moves an upload to its place among the blobs: after this it is there whole, or not at all. */
  async keep(uploadId: string, fileName: string): Promise<void> {
    await sync(this.uploadPath(uploadId), 'r+');
    await rename(this.uploadPath(uploadId), this.blobPath(fileName));
    await sync(this.blobFolder, 'r');
  }

  async removeUpload(uploadId: string): Promise<void> {
    await rm(this.uploadPath(uploadId), { force: true });
    await rm(`${this.uploadPath(uploadId)}.json`, { force: true });
  }

  async removeBlob(fileName: string): Promise<void> {
    await rm(this.blobPath(fileName), { force: true });
  }

  /** The files there are, with the streams that they belong to. */
  async blobs(): Promise<{ fileName: string; streamId: string }[]> {
    const names = await readdir(this.blobFolder);
    return names.map((fileName) => ({ fileName, streamId: fileName.split('.', 1)[0] ?? '' }));
  }

  /** Every upload that left a trace, with the time of its last byte. */
  async uploads(): Promise<{ uploadId: string; atMs: number }[]> {
    const names = await readdir(this.uploadFolder);
    const ids = new Set(names.map((name) => name.replace(/\.json$/, '')).filter(isId));
    return Promise.all(
      [...ids].map(async (uploadId) => {
        const path = this.uploadPath(uploadId);
        const times = await Promise.all([path, `${path}.json`].map(changedAtMs));
        return { uploadId, atMs: Math.max(...times) };
      }),
    );
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

async function changedAtMs(path: string): Promise<number> {
  try {
    return (await stat(path)).mtimeMs;
  } catch (error) {
    if (isMissing(error)) return 0;
    throw error;
  }
}

/** Makes sure that what was written is on the disk. Windows knows this for files alone. */
async function sync(path: string, flags: 'r' | 'r+'): Promise<void> {
  if (flags === 'r' && process.platform === 'win32') return;
  const handle = await open(path, flags);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** Whether something failed because there is no room: of the file system or of the database. */
export function isStorageFull(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOSPC' || code === 'EDQUOT' || code === 'SQLITE_FULL';
}
