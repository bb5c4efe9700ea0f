import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeId, type CallId, type ScreenshotId } from '../ids.ts';
import { callDocument, parseDocumentName, screenshotDocument } from './documents.ts';

const anId = 'Abc-_0123456789abcdefg';

describe('names of Yjs documents', () => {
  test('a screenshot’s and a call’s, there and back', () => {
    const made = makeId(() => new Uint8Array(16).fill(7));
    expect(parseDocumentName(screenshotDocument(made as ScreenshotId))).toEqual({
      kind: 'screenshot',
      screenshotId: made,
    });
    expect(parseDocumentName(callDocument(made as CallId))).toEqual({ kind: 'call', callId: made });
  });

  test.each([
    '',
    ':',
    anId,
    `screenshot`,
    `screenshot:`,
    `screenshot:${anId}:`,
    `screenshot:${anId}:x`,
    `screenshot:${anId}x`,
    `screenshot: ${anId.slice(1)}`,
    `Screenshot:${anId}`,
    ` call:${anId}`,
    `call:${anId}\n`,
    `call:../../${anId.slice(6)}`,
    `call:${anId.slice(1)}\0`,
    `session:${anId}`,
    `__proto__:${anId}`,
    `constructor:${anId}`,
    'x'.repeat(1_000_000),
    ':'.repeat(100_000),
    null,
    undefined,
    7,
    {},
    [`call:${anId}`],
  ])('T35 %j names nothing', (name) => {
    expect(parseDocumentName(name)).toBeUndefined();
  });

  test('T35 random names never throw and never name anything', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.string({ unit: 'binary' })), (name) => {
        expect(parseDocumentName(name)).toBeUndefined();
      }),
      { seed: 1, numRuns: 1000 },
    );
  });
});
