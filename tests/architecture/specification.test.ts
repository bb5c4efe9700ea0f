import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../harness/data.ts';
import { quotedRows } from './quoted-rows.ts';

function testTexts(): string[] {
  return ['src', 'signal', 'tests'].flatMap((folder) =>
    readdirSync(join(projectRoot, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.ts$/.test(entry.name) && !entry.name.endsWith('.d.ts'))
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
      .filter((text) => /\b(test|it|describe)\b/.test(text) && /\b[FBCTXP]\d+\b/.test(text)),
  );
}

const quoted = new Set(testTexts().flatMap(quotedRows));

interface Row {
  readonly id: string;
  readonly built: string;
}

const specification = (): Row[] =>
  [
    ...readFileSync(join(projectRoot, 'docs/specification.md'), 'utf8').matchAll(
      /^\|\s*([FBCTX]\d+)\s*\|.*\|\s*([^|]*?)\s*\|$/gm,
    ),
  ].map(([, id = '', built = '']) => ({ id, built }));

test('the specification says of each row whether it is built: those that a test names are', () => {
  const rows = specification();
  expect(rows.length).toBeGreaterThan(200);
  expect(rows.filter(({ built }) => !['yes', 'not yet'].includes(built))).toEqual([]);
  const marked = (built: string) => rows.filter((row) => row.built === built).map(({ id }) => id);
  expect(marked('yes').filter((id) => !quoted.has(id))).toEqual([]);
  expect(marked('not yet').filter((id) => quoted.has(id))).toEqual([]);
});

test('every paragraph of the protocol is named by a test', () => {
  const text = readFileSync(join(projectRoot, 'docs/protocol.md'), 'utf8');
  const paragraphs = [...text.matchAll(/^- \*\*(P\d+)\*\*/gm)].map(([, id = '']) => id);
  expect(paragraphs.length).toBeGreaterThan(60);
  expect(paragraphs.filter((id) => !quoted.has(id))).toEqual([]);
});

test('titles are found however a test is written', () => {
  expect(quotedRows("test('F1 one', () => {}); it.each([1])('F2 %i', () => {});")).toEqual(['F1', 'F2']);
  expect(quotedRows('test.describe("B3", () => { test(`X4 ${name} T5`, () => {}); });')).toEqual([
    'B3',
    'X4',
    'T5',
  ]);
  expect(quotedRows("const text = 'F9'; run('F8');")).toEqual([]);
});
