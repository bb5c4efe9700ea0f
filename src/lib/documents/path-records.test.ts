import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { pictureId } from '#domain/picture/picture-id.ts';
import { PathRecorder } from '#domain/tracking/tracked-path.ts';
import { CallDocument } from './call-document.ts';
import { parsePathRecord } from './path-records.ts';

const part = {
  highlightId: 'AAAAAAAAAAAAAAAAAAAAAA',
  label: 'Inlet valve',
  authorId: 'erika',
  picture: pictureId('tablet'),
  beganAtMs: Date.UTC(2026, 0, 2, 3, 4, 5),
};

function way(): Uint8Array {
  const recorder = new PathRecorder();
  for (let ms = 0; ms < 20_000; ms += 66) {
    recorder.add(ms, { x: 0.3 + ms / 100_000, y: 0.4, width: 0.1, height: 0.1 });
  }
  recorder.add(20_000, undefined);
  return recorder.pack();
}

describe('ways of highlights in the document of their call', () => {
  test('F57 C10 what one side wrote down the others read, as packed numbers beside the strokes', () => {
    const there = new Y.Doc();
    const here = new Y.Doc();
    const document = new CallDocument(there, 'tablet');
    document.addPath(part, way());
    document.addPath({ ...part, beganAtMs: part.beganAtMs - 20_000 }, way());
    Y.applyUpdate(here, Y.encodeStateAsUpdate(there));
    const paths = new CallDocument(here, 'erika').paths();
    expect(paths.map(({ beganAtMs }) => beganAtMs)).toEqual([part.beganAtMs - 20_000, part.beganAtMs]);
    expect(paths[0]).toMatchObject({ label: 'Inlet valve', authorId: 'erika', picture: 'tablet' });
    expect(paths[0]?.samples.at(-1)?.box).toBeUndefined();
    expect(Y.encodeStateAsUpdate(there).length).toBeLessThan(2 * 300 * 7);
    expect(new CallDocument(here, 'erika').strokes()).toEqual([]);
  });

  test('T5 what is no way is left out', () => {
    const doc = new Y.Doc();
    for (const bad of [new Uint8Array([9, 9, 9]), new Uint8Array(20_000), 'text', 7]) {
      doc.getArray('paths:tablet:tablet').push([[bad]]);
      expect(parsePathRecord(pictureId('tablet'), bad)).toBeUndefined();
    }
    doc.getArray('paths:tablet').push(['no picture']);
    expect(new CallDocument(doc, 'tablet').paths()).toEqual([]);
  });
});
