import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../harness/data.ts';
import { findCircles } from './circles.ts';
import { readImports, resolveImport } from './read-imports.ts';
import { sourceFiles } from './source-files.ts';

function importsOf(file: string, known: ReadonlySet<string>): string[] {
  const text = readFileSync(join(projectRoot, file), 'utf8');
  return readImports(file, text).flatMap(({ specifier }) => {
    const target = specifier === undefined ? undefined : resolveImport(file, specifier);
    return target?.kind === 'file' && known.has(target.path) ? [target.path] : [];
  });
}

test('no modules import each other in a circle, not even their types', () => {
  const files = sourceFiles();
  const known = new Set(files);
  const graph = new Map(files.map((file) => [file, importsOf(file, known)]));
  expect([...graph.values()].flat().length).toBeGreaterThan(files.length);
  expect(findCircles(graph)).toEqual([]);
});

test('a circle is found, however long, and whoever only leads to it is none of it', () => {
  const graph = new Map([
    ['lead', ['a']],
    ['a', ['b', 'leaf']],
    ['b', ['c']],
    ['c', ['a']],
    ['d', ['e']],
    ['e', ['d', 'a']],
    ['self', ['self']],
    ['leaf', []],
  ]);
  expect(findCircles(graph)).toEqual([['a', 'b', 'c'], ['d', 'e'], ['self']]);
});
