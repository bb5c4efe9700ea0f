import { expect, test } from 'vitest';
import { keepFilesHere } from './dropped.ts';

function drag(types: string[], defaultPrevented = false) {
  const prevented: true[] = [];
  const dataTransfer = { types, dropEffect: 'copy' } as unknown as DataTransfer;
  keepFilesHere({ dataTransfer, defaultPrevented, preventDefault: () => prevented.push(true) });
  return { prevented: prevented.length, effect: dataTransfer.dropEffect };
}

test('B22 a file dropped beside its place is not opened instead of the app; words and what was taken are left alone', () => {
  expect(drag(['Files'])).toEqual({ prevented: 1, effect: 'none' });
  expect(drag(['text/plain'])).toEqual({ prevented: 0, effect: 'copy' });
  expect(drag(['Files'], true)).toEqual({ prevented: 0, effect: 'copy' });
});
