import { expect, test } from 'vitest';
import { people, say, sessionIn } from '#harness/domain/sessions.ts';
import { undelivered } from './receipt-keeper.ts';

const { opener, assigned, responsible } = people;

test('F103 what the other side wrote is acknowledged once, own messages never', () => {
  const log = sessionIn('CONFIRMED').must(opener, say.chat('One', 'm1')).must(opener, say.chat('Two', 'm2'));
  expect(undelivered(log.current, assigned)?.text).toBe('Two');
  expect(undelivered(log.current, opener)).toBeUndefined();
  log.must(assigned, say.delivered('m2'));
  expect(undelivered(log.current, assigned)).toBeUndefined();
  log.must(opener, say.chat('Three', 'm3'));
  expect(undelivered(log.current, assigned)?.text).toBe('Three');
});

test('F103 who only looks on acknowledges nothing, and nobody does it for what is over', () => {
  const log = sessionIn('DONE').must(opener, say.chat('Thanks', 'm1'));
  expect(undelivered(log.current, responsible)).toBeUndefined();
  expect(undelivered(log.current, assigned)?.text).toBe('Thanks');
  log.must(assigned, say.close());
  expect(undelivered(log.current, assigned)).toBeUndefined();
});
