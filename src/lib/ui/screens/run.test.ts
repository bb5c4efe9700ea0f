import { expect, test } from 'vitest';
import type { Outcome } from '../../state/outcome.ts';
import type { Proposal } from '../../state/SessionState.svelte.ts';
import { Run } from './run.svelte.ts';

const kept: Outcome<Proposal> = {
  ok: true,
  value: { settled: Promise.resolve({ ok: true, value: undefined }) } as unknown as Proposal,
};

/** A command that waits for `answer`, and counts how often it was given. */
function command() {
  const given: ((outcome: Outcome<Proposal>) => void)[] = [];
  return { given, run: () => new Promise<Outcome<Proposal>>((resolve) => given.push(resolve)) };
}

test('two quick clicks give one command; later another one may be given', async () => {
  const run = new Run();
  const note = command();
  const first = run.do(note.run);
  expect(await run.do(note.run)).toBe(false);
  expect(note.given).toHaveLength(1);
  note.given[0]?.(kept);
  expect(await first).toBe(true);
  const second = run.do(note.run);
  expect(note.given).toHaveLength(2);
  note.given[1]?.({ ok: false, reason: 'text-too-long' });
  expect([await second, run.failure]).toEqual([false, 'text-too-long']);
});

test('a command that throws blocks nothing', async () => {
  const run = new Run();
  await expect(run.do(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(await run.do(async () => kept)).toBe(true);
});

test('F94 messages written quickly go one after the other', async () => {
  const run = new Run();
  const said: string[] = [];
  const say = (text: string) => () => {
    said.push(text);
    return new Promise<Outcome<Proposal>>((resolve) => setImmediate(() => resolve(kept)));
  };
  expect(await Promise.all(['One', 'Two', 'Three'].map((text) => run.inTurn(say(text))))).toEqual([
    true,
    true,
    true,
  ]);
  expect(said).toEqual(['One', 'Two', 'Three']);
});
