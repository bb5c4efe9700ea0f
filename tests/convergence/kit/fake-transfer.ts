import { ok } from '#domain/result.ts';
import type { Answer } from '../../../src/lib/sync/api-client.ts';
import type { BlobTransfer } from '../../../src/lib/sync/blob-transfer.ts';

/** Uploads that answer what a test says. */
export class FakeTransfer implements BlobTransfer {
  /** Every try, by the picture's id. */
  readonly sent: string[] = [];
  answer: Answer<void> = ok(undefined);

  send: BlobTransfer['send'] = async (item, _bytes, { onProgress }) => {
    this.sent.push(item.itemId);
    onProgress(0.5);
    return this.answer;
  };
}
