import { expect, it, vi } from 'vitest';
import { codeOf } from '#domain/error-codes.ts';
import { callFactories } from './call-factories.ts';

const openDocuments = vi.hoisted(() => vi.fn());
vi.mock('./open-documents.ts', () => ({ openDocuments }));

it('X1 F51 documents that could not be opened are asked for anew, and then they are there', async () => {
  const factories = callFactories({
    personId: () => 'erika',
    socketOrigin: '',
    socketTicket: () => Promise.reject(new Error('not in this test')),
    createCallSignalling: () => {
      throw new Error('not in this test');
    },
  });
  const document = {};
  openDocuments.mockRejectedValueOnce(Object.assign(new Error('away'), { code: 'relay-unreachable' }));
  openDocuments.mockResolvedValueOnce({
    openScreenshot: () => ({ document, opened: {}, close: () => undefined }),
  });
  const why = await factories.openScreenshot('one').then(
    () => undefined,
    (cause: unknown) => codeOf(cause),
  );
  expect(why).toBe('relay-unreachable');
  expect((await factories.openScreenshot('one')).document).toBe(document);
});
