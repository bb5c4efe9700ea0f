import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SessionId } from '#domain/ids.ts';
import type { BlobRow, BlobStore, DocumentStore, UploadRow, UploadStore } from '../../signal/ports.ts';
import { newId } from '../../signal/testing/fake-parts.ts';

export interface FileRecords {
  documents: DocumentStore;
  blobs: BlobStore;
  uploads: UploadStore;
  close(): Promise<void>;
}

const sha256 = 'a'.repeat(64);

/** What every store of documents, blobs and uploads keeps to. */
export function fileRecordsContract(name: string, open: () => Promise<FileRecords>): void {
  let records: FileRecords;
  const sessionId = newId<SessionId>();
  beforeEach(async () => {
    records = await open();
  });
  afterEach(() => records.close());

  const blob = (more: Partial<BlobRow> = {}): BlobRow => ({
    sessionId,
    itemId: newId(),
    sha256,
    bytes: 16 * 1024 * 1024,
    mediaType: 'image/png',
    fileName: 'file',
    ...more,
  });
  const upload = (more: Partial<UploadRow> = {}): UploadRow => ({
    uploadId: newId(),
    ownerId: newId(),
    signInId: newId(),
    sessionId,
    itemId: newId(),
    sha256,
    bytes: 1,
    mediaType: 'image/webp',
    ...more,
  });

  test(`${name}: a blob is found by session and item together`, async () => {
    const row = blob();
    await records.blobs.insert(row);
    expect(await records.blobs.find(sessionId, row.itemId)).toEqual(row);
    expect(await records.blobs.find(newId<SessionId>(), row.itemId)).toBeUndefined();
    expect(await records.blobs.find(sessionId, newId())).toBeUndefined();
  });

  test(`X4 ${name}: to enter a blob again is no fault`, async () => {
    const row = blob();
    await records.blobs.insert(row);
    await records.blobs.insert(row);
    expect(await records.blobs.find(sessionId, row.itemId)).toEqual(row);
  });

  test(`${name}: an upload is kept until it is removed, several for one item`, async () => {
    const one = upload();
    const other = upload({ itemId: one.itemId });
    await records.uploads.insert(one);
    await records.uploads.insert(other);
    expect(await records.uploads.find(one.uploadId)).toEqual(one);
    await records.uploads.remove(one.uploadId);
    expect(await records.uploads.find(one.uploadId)).toBeUndefined();
    expect(await records.uploads.find(other.uploadId)).toEqual(other);
  });

  test(`${name}: to remove an upload that is not there is no fault`, async () => {
    await records.uploads.remove(newId());
    expect(await records.uploads.find(newId())).toBeUndefined();
  });

  test(`${name}: the newest state of a document is what is loaded, byte for byte`, async () => {
    const document = `screenshot:${newId()}`;
    expect(await records.documents.load(document)).toBeUndefined();
    await records.documents.save(document, sessionId, new Uint8Array([1, 2, 3]));
    const state = Uint8Array.from({ length: 300_000 }, (_none, index) => index % 256);
    await records.documents.save(document, sessionId, state);
    const loaded = await records.documents.load(document);
    expect(loaded && Buffer.from(loaded).equals(state)).toBe(true);
  });

  test(`${name}: a document's state does not change with the bytes that were handed in`, async () => {
    const state = new Uint8Array([1, 2, 3]);
    await records.documents.save('call:x', sessionId, state);
    state.fill(9);
    expect([...((await records.documents.load('call:x')) ?? [])]).toEqual([1, 2, 3]);
  });
}
