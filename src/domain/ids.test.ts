import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { base64Url, id, idPattern, isId, makeId, type SessionId } from './ids.ts';

describe('ids', () => {
  test('16 random bytes make 22 characters of the URL-safe alphabet', () => {
    expect(makeId((length) => new Uint8Array(length))).toBe('AAAAAAAAAAAAAAAAAAAAAA');
    expect(makeId((length) => new Uint8Array(length).fill(255))).toBe('_____________________w');
    let asked = 0;
    makeId((length) => {
      asked = length;
      return new Uint8Array(length);
    });
    expect(asked).toBe(16);
  });

  test('every made id is one, and different bytes make different ids', () => {
    const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 });
    fc.assert(
      fc.property(bytes, bytes, (one, other) => {
        const [a, b] = [makeId(() => one), makeId(() => other)];
        expect(isId(a) && isId(b)).toBe(true);
        expect(a === b).toBe(one.join() === other.join());
      }),
      { seed: 1 },
    );
  });

  test('base64url is the one of everybody else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(base64Url(bytes)).toBe(Buffer.from(bytes).toString('base64url'));
      }),
      { seed: 1 },
    );
  });

  test.each([
    '',
    'short',
    'A'.repeat(21),
    'A'.repeat(23),
    `${'A'.repeat(22)}\n`,
    `${'A'.repeat(21)}=`,
    `${'A'.repeat(21)}/`,
    `${'A'.repeat(21)}ä`,
    `../${'A'.repeat(19)}`,
    `${'A'.repeat(21)}\0`,
    ' '.repeat(22),
    null,
    undefined,
    22,
    {},
    ['A'.repeat(22)],
  ])('T35 %j is no id', (value) => {
    expect(isId(value)).toBe(false);
    expect(v.is(id<SessionId>(), value)).toBe(false);
  });

  test('the pattern keeps no state between uses', () => {
    expect(idPattern.flags).toBe('');
  });
});
