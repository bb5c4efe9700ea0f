import { expect, test } from 'vitest';
import { maxFileNameLength, maxTicketFileBytes } from '#domain/ticket/events.ts';
import { filesOf, fittingName, whyNotAttach } from './attachments.ts';

test('what the relay would refuse is refused before it is sent', () => {
  expect(whyNotAttach({ type: 'image/png', size: 1 })).toBeUndefined();
  expect(whyNotAttach({ type: 'application/pdf', size: maxTicketFileBytes })).toBeUndefined();
  expect(whyNotAttach({ type: 'application/pdf', size: maxTicketFileBytes + 1 })).toBe('too-large');
  expect(whyNotAttach({ type: 'text/plain', size: 0 })).toBe('length-mismatch');
  for (const type of ['text/html', 'image/svg+xml', 'application/zip', ''])
    expect(whyNotAttach({ type, size: 1 })).toBe('type-not-allowed');
});

test('a name that is too long keeps its ending', () => {
  expect(fittingName('plan.pdf')).toBe('plan.pdf');
  const long = fittingName(`${'x'.repeat(300)}.pdf`);
  expect(long).toHaveLength(maxFileNameLength);
  expect(long.endsWith('.pdf')).toBe(true);
  expect(fittingName(`a.${'x'.repeat(300)}`)).toHaveLength(maxFileNameLength);
});

test('words that were pasted are no files', () => {
  expect(filesOf(null)).toEqual([]);
  expect(filesOf({ files: [] as unknown as FileList })).toEqual([]);
});
