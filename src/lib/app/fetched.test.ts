import { expect, it } from 'vitest';
import { codeOf } from '#domain/error-codes.ts';
import { fetched } from './fetched.ts';

const codeOfFailure = (part: Promise<unknown>): Promise<string | undefined> =>
  fetched(part).then(
    () => undefined,
    (cause: unknown) => codeOf(cause),
  );

it('X1 X16 a part of the app that cannot be had is said as a link that is away, and no other failure is', async () => {
  expect(await fetched(Promise.resolve(1))).toBe(1);
  const notFetched = new TypeError('Failed to fetch dynamically imported module');
  expect(await codeOfFailure(Promise.reject(notFetched))).toBe('relay-unreachable');
  expect(await codeOfFailure(Promise.reject(new RangeError('a mistake')))).toBe('internal');
});
