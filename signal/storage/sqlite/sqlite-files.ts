import type { Kysely } from 'kysely';
import type { SessionId } from '#domain/ids.ts';
import type { BlobStore, DocumentStore, UploadStore } from '../../ports.ts';
import type { Schema } from './schema.ts';

/** Documents, and what is known of blobs and uploads; their bytes are files. */
export function sqliteFiles(database: Kysely<Schema>): {
  documents: DocumentStore;
  blobs: BlobStore;
  uploads: UploadStore;
} {
  /** What comes late for an erased stream is not kept. */
  const isErased = async (streamId: string): Promise<boolean> => {
    const row = await database
      .selectFrom('streams')
      .select('erased_at_ms')
      .where('id', '=', streamId)
      .executeTakeFirst();
    return row !== undefined && row.erased_at_ms !== null;
  };
  const documents: DocumentStore = {
    async load(name) {
      const row = await database
        .selectFrom('documents')
        .select('state')
        .where('name', '=', name)
        .executeTakeFirst();
      return row && new Uint8Array(row.state);
    },
    async save(name, sessionId, state) {
      if (await isErased(sessionId)) return;
      const row = { stream_id: sessionId, state: Buffer.from(state) };
      await database
        .insertInto('documents')
        .values({ name, ...row })
        .onConflict((conflict) => conflict.column('name').doUpdateSet(row))
        .execute();
    },
  };
  const blobs: BlobStore = {
    async insert({ sessionId, itemId, sha256, bytes, mediaType, fileName }) {
      if (await isErased(sessionId)) return;
      const row = { sha256, bytes, media_type: mediaType, file_name: fileName };
      await database
        .insertInto('blobs')
        .values({ stream_id: sessionId, item_id: itemId, ...row })
        .onConflict((conflict) => conflict.columns(['stream_id', 'item_id']).doUpdateSet(row))
        .execute();
    },
    async find(sessionId, itemId) {
      const row = await database
        .selectFrom('blobs')
        .selectAll()
        .where('stream_id', '=', sessionId)
        .where('item_id', '=', itemId)
        .executeTakeFirst();
      return (
        row && {
          sessionId,
          itemId,
          sha256: row.sha256,
          bytes: row.bytes,
          mediaType: row.media_type,
          fileName: row.file_name,
        }
      );
    },
  };
  const uploads: UploadStore = {
    async insert(row) {
      await database
        .insertInto('uploads')
        .values({
          upload_id: row.uploadId,
          owner_id: row.ownerId,
          sign_in_id: row.signInId,
          stream_id: row.sessionId,
          item_id: row.itemId,
          sha256: row.sha256,
          bytes: row.bytes,
          media_type: row.mediaType,
        })
        .execute();
    },
    async find(uploadId) {
      const row = await database
        .selectFrom('uploads')
        .selectAll()
        .where('upload_id', '=', uploadId)
        .executeTakeFirst();
      return (
        row && {
          uploadId,
          ownerId: row.owner_id,
          signInId: row.sign_in_id,
          sessionId: row.stream_id as SessionId,
          itemId: row.item_id,
          sha256: row.sha256,
          bytes: row.bytes,
          mediaType: row.media_type,
        }
      );
    },
    async remove(uploadId) {
      await database.deleteFrom('uploads').where('upload_id', '=', uploadId).execute();
    },
  };
  return { documents, blobs, uploads };
}
