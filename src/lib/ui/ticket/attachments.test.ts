import { expect, test } from 'vitest';
import { maxFileNameLength, maxTicketFileBytes } from '#domain/ticket/events.ts';
import { filesOf, fittingName, pastedFiles, whyNotAttach } from './attachments.ts';

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

test('B22 cells of a spreadsheet are words; a picture alone, and a copied file, are files', () => {
  const picture = new File(['x'], 'image.png', { type: 'image/png' });
  const clipboard = (words: string, files: File[] = [picture]) => ({
    files: files as unknown as FileList,
    getData: () => words,
  });
  expect(pastedFiles(clipboard('P-101\t7.2 bar\nK-7\t3.1 bar'))).toEqual([]);
  expect(pastedFiles(clipboard(''))).toEqual([picture]);
  expect(pastedFiles(clipboard('image.png'))).toEqual([picture]);
  expect(pastedFiles(clipboard('words', []))).toEqual([]);
  expect(pastedFiles(null)).toEqual([]);
});
