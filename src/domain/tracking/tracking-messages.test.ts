import { describe, expect, test } from 'vitest';
import { maxLabelLength, parseTrackMessage, tidyLabel } from './tracking-messages.ts';

const id = 'AAAAAAAAAAAAAAAAAAAAAA';
const box = { x: 0.2, y: 0.2, width: 0.1, height: 0.1 };
const start = { kind: 'start', pictureOf: 'p1', id, label: 'Valve', box, frame: 12 };

describe('messages about highlights', () => {
  test('F57 those that are meant are read', () => {
    expect(parseTrackMessage(start)).toEqual(start);
    expect(parseTrackMessage({ kind: 'clear', pictureOf: 'p1' })).toBeDefined();
    expect(parseTrackMessage({ kind: 'side', pictureOf: 'p1', side: 'viewer', viewer: 'e1' })).toBeDefined();
  });

  test('P127 they name a picture: a camera as the version before does, other sources by name', () => {
    for (const pictureOf of ['p1', 'p1~screen', 'p1~still', 'p1~document']) {
      expect(parseTrackMessage({ ...start, pictureOf })).toEqual({ ...start, pictureOf });
    }
    for (const pictureOf of ['', '~screen', 'p1~hologram', 'p1~camera', 'x'.repeat(65)]) {
      expect(parseTrackMessage({ ...start, pictureOf })).toBeUndefined();
    }
  });

  test.each([
    ['no box', { ...start, box: undefined }],
    ['a box that is no number', { ...start, box: { ...box, x: Number.NaN } }],
    ['a box miles away', { ...start, box: { ...box, x: 1e9 } }],
    ['a frame of more than 32 bits', { ...start, frame: 2 ** 32 }],
    ['a label without end', { ...start, label: 'x'.repeat(maxLabelLength + 1) }],
    ['an id that is none', { ...start, id: '../../etc' }],
    [
      'too many highlights',
      { kind: 'highlights', pictureOf: 'p1', list: Array(9).fill({ id, index: 0, label: '', by: 'e' }) },
    ],
    ['another kind', { kind: 'explode', pictureOf: 'p1' }],
    ['nothing', null],
  ])('T5 T28 refused: %s', (_what, message) => {
    expect(parseTrackMessage(message)).toBeUndefined();
  });

  test('F57 a label is one plain line', () => {
    expect(tidyLabel('  Valve\n\u202Eevil\u2066 3 ')).toBe('Valve evil 3');
    expect(tidyLabel('ü'.repeat(100))).toHaveLength(maxLabelLength);
    expect(tidyLabel('😀'.repeat(100)).length).toBeLessThanOrEqual(maxLabelLength);
    expect(tidyLabel('\n\n')).toBe('');
  });
});
