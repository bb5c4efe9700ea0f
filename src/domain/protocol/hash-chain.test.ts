import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { canonical, chainHash, verifyChain, type ChainedFacts } from './hash-chain.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

function chain(count: number) {
  let hash = '';
  return Array.from({ length: count }, (_, index) => {
    const facts: ChainedFacts = {
      streamId: 'stream',
      seq: index + 1,
      type: 'chat.sent',
      payload: { text: `message ${index}`, list: [1, { b: 1, a: 2 }] },
      actor: { kind: 'relay' },
      atMs: index,
    };
    hash = chainHash(hash, facts, sha256);
    return { ...facts, hash };
  });
}

test('T55 a chain holds, and tells where it was tampered with', () => {
  const events = chain(6);
  expect(verifyChain(events, sha256)).toEqual({ ok: true, head: events[5]?.hash });
  expect(verifyChain([], sha256)).toEqual({ ok: true, head: '' });
  const changes = { payload: {}, actor: { kind: 'employee' }, atMs: 99, type: 'chat.lost', commandId: 'x' };
  for (const [key, value] of Object.entries(changes)) {
    const altered = events.map((event) => (event.seq === 3 ? { ...event, [key]: value } : event));
    expect(verifyChain(altered, sha256), key).toEqual({ ok: false, seq: 3 });
  }
  expect(
    verifyChain(
      events.filter((event) => event.seq !== 4),
      sha256,
    ),
  ).toEqual({ ok: false, seq: 4 });
  const [one, two, ...rest] = events;
  expect(
    verifyChain(
      [two, one, ...rest].flatMap((event) => event ?? []),
      sha256,
    ),
  ).toEqual({ ok: false, seq: 1 });
});

test('T55 however an event was put together, its text is one', () => {
  expect(canonical({ b: [1, null], a: { d: undefined, c: 'ü' } })).toBe('{"a":{"c":"ü"},"b":[1,null]}');
  expect(canonical({ a: { c: 'ü' }, b: [1, null] })).toBe('{"a":{"c":"ü"},"b":[1,null]}');
});
