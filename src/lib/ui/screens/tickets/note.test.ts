import { expect, test } from 'vitest';
import { people } from '#harness/domain/sessions.ts';
import { openTicket, send, TicketStream } from '#harness/domain/tickets.ts';
import { noteOf, titleOf } from './note.ts';

test('a conversation is called by its first line, cut at a word', () => {
  expect(titleOf('  The valve sticks\nsince Monday')).toBe('The valve sticks');
  const title = titleOf(`${'word '.repeat(30)}end`);
  expect(title.length).toBeLessThanOrEqual(80);
  expect(title).toMatch(/word…$/u);
  expect(titleOf('x'.repeat(200))).toHaveLength(80);
});

test('a list says who wrote last and what; before a word, who opened it', () => {
  const stream = new TicketStream().must(people.opener, openTicket);
  expect(noteOf(stream.current, people.opener)).not.toContain(':');
  stream.must(people.responsible, send('m', 'Try\nagain'));
  expect(noteOf(stream.current, people.opener)).toBe(`${people.responsible.name}: Try again`);
  expect(noteOf(stream.current, people.responsible)).toMatch(/^You: /u);
});
