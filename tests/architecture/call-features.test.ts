import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { callFeatures } from '../../src/lib/call-features/registry.ts';
import { projectRoot } from '../harness/data.ts';
import { readImports, resolveImport } from './read-imports.ts';
import { sourceFiles } from './source-files.ts';

const home = 'src/lib/call-features/';
const registry = `${home}registry.ts`;
const read = (file: string): string => readFileSync(join(projectRoot, file), 'utf8');

/** The feature that a file is a part of. */
const featureOf = (path: string): string | undefined =>
  path.startsWith(home) && path !== registry ? path.slice(home.length).split('/')[0] : undefined;

/** Imports of a file that reach into a feature's folder from outside of it; the registry may have its index. */
function reachesInto(file: string, text: string): string[] {
  return readImports(file, text).flatMap(({ specifier }) => {
    const target = specifier === undefined ? undefined : resolveImport(file, specifier);
    if (target?.kind !== 'file') return [];
    const feature = featureOf(target.path);
    if (feature === undefined || feature === featureOf(file)) return [];
    if (file === registry && target.path === `${home}${feature}/index.ts`) return [];
    return [`${file} has ${target.path}`];
  });
}

/** Where a call is held, shown and put together: these know features by what they offer alone. */
const hosts = /^src\/(lib\/(state\/call|ui\/call|ui\/screens\/call|app)|routes)\//;
const keys = callFeatures.map(({ key }) => key);

function names(file: string, text: string, of = keys): string[] {
  const literal = new RegExp(`(['"\`])(${of.join('|')})\\1`, 'g');
  return [...text.matchAll(literal)].map(([, , key]) => `${file} names ${key}`);
}

test('F92 a feature is known to its folder and the registry alone: nothing else imports a part of it', () => {
  const files = sourceFiles();
  expect(files.filter((file) => featureOf(file) !== undefined).length).toBeGreaterThan(10);
  expect(files.flatMap((file) => reachesInto(file, read(file)))).toEqual([]);
});

test('F92 whatever holds, shows and wires a call does so for every feature, and names none by its key', () => {
  const files = sourceFiles().filter((file) => hosts.test(file));
  expect(files.length).toBeGreaterThan(40);
  expect(files.flatMap((file) => names(file, read(file)))).toEqual([]);
});

test('the checks find what they are for', () => {
  const page = 'src/lib/ui/screens/call/CallWindow.svelte';
  const script = (text: string) => `<script lang="ts">${text}</script>`;
  const draws = "import { DrawFeature } from '../../../call-features/draw/draw-feature.svelte.ts';";
  expect(reachesInto(page, script(draws))).toHaveLength(1);
  expect(reachesInto(`${home}chat/index.ts`, "import { draw } from '../draw/index.ts';")).toHaveLength(1);
  expect(reachesInto(registry, "import { X } from './draw/draw-feature.svelte.ts';")).toHaveLength(1);
  expect(reachesInto(registry, "import { draw } from './draw/index.ts';")).toEqual([]);
  expect(names(page, script("const open = key === 'chat';"))).toHaveLength(1);
  expect(names(page, '<button id="track">')).toHaveLength(1);
});
