import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { strokeMarkId } from '#domain/annotation/live.ts';
import type { Mark, Point } from '#domain/annotation/marks.ts';
import { pictureId } from '#domain/picture/picture-id.ts';
import { CallDocument } from '../../src/lib/documents/call-document.ts';
import { ScreenshotDocument } from '../../src/lib/documents/screenshot-document.ts';
import { ShuffledNetwork } from './documents-network.ts';
import { Chance, seeds } from './kit/chance.ts';

/** Every seed that ever failed stays here. */
const runs = seeds(1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233);
const people = ['erika', 'otto', 'guest'];

function setUp(seed: number, replicas: number) {
  const chance = new Chance(seed);
  const network = new ShuffledNetwork(replicas, chance);
  const random = (length: number): Uint8Array => Uint8Array.from({ length }, () => chance.below(256));
  const documents = network.docs.map((doc, i) => new ScreenshotDocument(doc, people[i] ?? `p${i}`, random));
  return { chance, network, documents };
}

const line = (chance: Chance): Point[] =>
  Array.from({ length: 5 }, () => ({ x: chance.next(), y: chance.next() }));
const pen = (chance: Chance) => ({ tool: 'pen', width: 'medium' as const, points: line(chance) });

describe.each(runs)('screenshot edited by several at once (seed %i)', (seed) => {
  test('F51 strokes made at the same time all survive, in one order, and it is known whose they are', () => {
    const { chance, network, documents } = setUp(seed, 3);
    const made: Mark[] = [];
    for (let step = 0; step < 60; step += 1) {
      const document = documents[chance.below(documents.length)];
      if (document) made.push(document.add(pen(chance)));
      network.deliverSome();
    }
    network.meet();
    const [first, ...others] = documents.map((document) => document.marks());
    expect(first).toHaveLength(made.length);
    for (const other of others) expect(other).toEqual(first);
    for (const mark of made) expect(first).toContainEqual(mark);
  });

  test('F51 with undo, redo, removal and change as well, replicas agree and nobody’s marks go by another’s hand', () => {
    const { chance, network, documents } = setUp(seed, 3);
    const kept = documents.map(() => new Set<string>());
    for (let step = 0; step < 120; step += 1) {
      const at = chance.below(documents.length);
      const document = documents[at];
      if (!document) continue;
      const luck = chance.next();
      const any = document.marks()[chance.below(document.marks().length)];
      if (luck < 0.5) document.add(pen(chance));
      else if (luck < 0.65) document.undo();
      else if (luck < 0.75) document.redo();
      else if (luck < 0.85 && any) document.remove(any.id);
      else if (luck < 0.95 && any) document.put({ ...any, points: line(chance) });
      else if (luck > 0.98) document.clearOwn();
      kept[at] = new Set(own(document, people[at] ?? ''));
      network.deliverSome();
    }
    network.meet();
    const [first, ...others] = documents.map((document) => document.marks());
    for (const other of others) expect(other).toEqual(first);
    documents.forEach((document, at) => {
      expect(new Set(own(document, people[at] ?? ''))).toEqual(kept[at]);
    });
  });

  test('F51 a call’s finished strokes: two replicas agree after a partition', () => {
    const chance = new Chance(seed);
    const network = new ShuffledNetwork(2, chance);
    const documents = network.docs.map((doc, i) => new CallDocument(doc, people[i] ?? ''));
    const announced = new Set<string>();
    documents[0]?.onAdded(({ mark }) => announced.add(mark.authorId + mark.id));
    for (let step = 0; step < 40; step += 1) {
      const at = chance.next() < 0.5 ? 0 : 1;
      const mark = { ...pen(chance), id: strokeMarkId(step), authorId: people[at] ?? '' };
      documents[at]?.add(mark, 1_800_000_000_000 + step, pictureId('otto'));
      if (chance.next() < 0.2) documents[at]?.remove(mark);
      network.deliverSome();
    }
    network.meet();
    const [one, other] = documents.map((document) => document.strokes());
    expect(one).toEqual(other);
    expect(one?.length).toBeGreaterThan(20);
    for (const { mark } of one ?? []) expect(announced).toContain(mark.authorId + mark.id);
  });
});

function own(document: ScreenshotDocument, authorId: string): string[] {
  return document
    .marks()
    .filter((mark) => mark.authorId === authorId)
    .map((mark) => mark.id);
}

test('what is no mark is left out and left alone: junk of every kind in the document', () => {
  const doc = new Y.Doc();
  const document = new ScreenshotDocument(doc, 'erika');
  const map = doc.getMap('marks');
  const junk: unknown[] = [
    null,
    7,
    'text',
    [1],
    { a: 1 },
    new Uint8Array(),
    new Uint8Array([255, 255]),
    new Y.Map(),
    new Y.Text('x'),
  ];
  junk.forEach((value, i) => map.set(`junk${i}`, value));
  const mark = document.add({ tool: 'pen', width: 'thin', points: [{ x: 1, y: 0 }] });
  expect(document.marks()).toEqual([mark]);
  document.clearAll();
  expect(map.size).toBe(junk.length);

  const call = new CallDocument(doc, 'erika');
  doc.getArray('strokes:otto:erika').push([null, 7, [new Uint8Array([1])], [[1, 2]], { bytes: 1 }]);
  doc.getArray('strokes:').push([[new Uint8Array([1])]]);
  expect(call.strokes()).toEqual([]);
});

test('P127 strokes on a picture from a source of a newer version stay, unread; those of before are read on', () => {
  const doc = new Y.Doc();
  const call = new CallDocument(doc, 'erika');
  const mark: Mark = {
    id: strokeMarkId(1),
    tool: 'pen',
    authorId: 'erika',
    width: 'thin',
    points: [{ x: 1, y: 0 }],
  };
  call.add(mark, 1_800_000_000_000, pictureId('otto', 'screen'));
  const record: unknown = doc.getArray('strokes:erika:otto~screen').get(0);
  // As the version before wrote it, and as one after this may.
  doc.getArray('strokes:otto:erika').push([record]);
  doc.getArray('strokes:otto:erika~hologram').push([record]);
  expect(
    call
      .strokes()
      .map(({ mark: { authorId }, picture }) => [authorId, picture])
      .sort(),
  ).toEqual([
    ['erika', 'otto~screen'],
    ['otto', 'erika'],
  ]);
  call.remove({ ...mark, authorId: 'otto' });
  expect(doc.getArray('strokes:otto:erika').length).toBe(0);
  expect(doc.getArray('strokes:otto:erika~hologram').length).toBe(1);
});

test('marks of a tool of a newer version stay through editing by this one', () => {
  const doc = new Y.Doc();
  const newer = new ScreenshotDocument(doc, 'otto');
  const mark = newer.add({ tool: 'magic-lasso', width: 'thin', points: [{ x: 1, y: 0 }], text: 'more' });
  const document = new ScreenshotDocument(doc, 'erika');
  document.add({ tool: 'pen', width: 'thin', points: [{ x: 1, y: 0 }] });
  document.clearOwn();
  expect(document.marks()).toEqual([mark]);
});

test('undo takes back own steps only, and redo brings them again', () => {
  const doc = new Y.Doc();
  const erika = new ScreenshotDocument(doc, 'erika');
  const otto = new ScreenshotDocument(doc, 'otto');
  const first = erika.add({ tool: 'pen', width: 'thin', points: [{ x: 1, y: 0 }] });
  const theirs = otto.add({ tool: 'pen', width: 'thin', points: [{ x: 0, y: 1 }] });
  expect(erika.undo()).toBe(true);
  expect(erika.marks()).toEqual([theirs]);
  expect(erika.undo()).toBe(false);
  erika.redo();
  expect(erika.marks()).toEqual([first, theirs]);
  expect(erika.remove(theirs.id)).toBe(false);
  erika.clearAll();
  expect(otto.marks()).toEqual([]);
  erika.undo();
  expect(otto.marks()).toEqual([first, theirs]);
  expect(otto.put({ ...first, points: [{ x: 0, y: 0 }] })).toMatchObject({ id: first.id });
  expect(erika.marks()).toEqual([first, theirs]);
});
