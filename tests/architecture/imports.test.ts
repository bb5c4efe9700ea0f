import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { describe, expect, test } from 'vitest';
import { projectRoot } from '../harness/data.ts';
import { checkImports, isTestCode, layerOf } from './import-rules.ts';
import { readImports, resolveImport } from './read-imports.ts';
import { moduleName, sourceFiles } from './source-files.ts';

const wrong: readonly (readonly [what: string, file: string, text: string])[] = [
  ['domain reaching into the app', 'src/domain/ids.ts', "import { x } from '../lib/state/x.ts';"],
  ['domain with a package that has effects', 'src/domain/ids.ts', "import { nanoid } from 'nanoid';"],
  ['domain with Node', 'src/domain/ids.ts', "import { randomUUID } from 'node:crypto';"],
  ['domain with Svelte', 'src/domain/ids.ts', "import { writable } from 'svelte/store';"],
  ['a part importing another part', 'src/lib/call/a.ts', "import { y } from '../documents/y.ts';"],
  ['the same through the alias', 'src/lib/call/a.ts', "import { y } from '$lib/documents/y.ts';"],
  [
    'a path that leaves and comes back',
    'src/lib/annotation/a.ts',
    "import '../../lib/annotation/../state/x.ts';",
  ],
  ['a path from the root', 'src/lib/annotation/a.ts', "import '/src/lib/state/x.ts';"],
  ['an import for its effect', 'src/lib/storage/a.ts', "import '../sync/x.ts';"],
  ['an export from elsewhere', 'src/lib/storage/a.ts', "export { x } from '../sync/x.ts';"],
  ['a dynamic import', 'src/lib/ui/a.ts', "const m = await import('../call/call-engine.ts');"],
  ['a dynamic import that is computed', 'src/lib/ui/a.ts', 'const m = await import(name);'],
  ['a template with a hole', 'src/lib/ui/a.ts', 'const m = await import(`../${name}.ts`);'],
  [
    'a worker by address',
    'src/lib/ui/a.ts',
    "new Worker(new URL('../vision/worker/w.ts', import.meta.url));",
  ],
  ['a glob', 'src/lib/ui/a.ts', "const all = import.meta.glob('../call/**/*.ts');"],
  ['a type written as an import', 'src/domain/a.ts', "type X = import('../lib/state/x.ts').X;"],
  ['a type import where none is allowed', 'src/domain/a.ts', "import type { X } from '$lib/sync/x.ts';"],
  [
    'state using more than a shape',
    'src/lib/state/A.svelte.ts',
    "import { Engine } from '../sync/engine.ts';",
  ],
  ['state with one value among types', 'src/lib/state/a.ts', "import { type A, b } from '../call/b.ts';"],
  [
    'state naming an adapter',
    'src/lib/state/a.ts',
    "import type { P } from '../call/adapters/peerjs/index.ts';",
  ],
  [
    'state naming a provider',
    'src/lib/state/a.ts',
    "import type { P } from '../documents/providers/relay.ts';",
  ],
  [
    'a port choosing its adapter',
    'src/lib/call/call-engine.ts',
    "import { p } from './adapters/peerjs/index.ts';",
  ],
  [
    'an adapter using another',
    'src/lib/call/adapters/fake/a.ts',
    "import { p } from '../../../documents/providers/a.ts';",
  ],
  [
    'ui with the sync engine',
    'src/lib/ui/A.svelte',
    '<script lang="ts">import { x } from \'$lib/sync/x.ts\';</script>',
  ],
  ['ui in its markup', 'src/lib/ui/A.svelte', "<p>{#await import('../call/a.ts') then m}{m}{/await}</p>"],
  ['ui with the composition root', 'src/lib/ui/a.ts', "import { createApp } from '$lib/app/create-app.ts';"],
  ['a route with a store', 'src/routes/+page.ts', "import { open } from '$lib/storage/open.ts';"],
  ['a route with the domain', 'src/routes/+page.ts', "import { fold } from '#domain/session/fold.ts';"],
  ['the app with the relay', 'src/lib/app/a.ts', "import { main } from '../../../signal/main.ts';"],
  ['the relay with the app', 'signal/http/a.ts', "import { x } from '../../src/lib/sync/x.ts';"],
  [
    'the relay choosing a store elsewhere',
    'signal/http/a.ts',
    "import { o } from '../storage/sqlite/open-sqlite.ts';",
  ],
  ['yjs outside of documents', 'src/lib/annotation/a.ts', "import * as Y from 'yjs';"],
  ['peerjs outside of its adapter', 'src/lib/call/call-engine.ts', "import { Peer } from 'peerjs';"],
  ['dexie outside of storage', 'src/lib/sync/a.ts', "import Dexie from 'dexie';"],
  ['a database outside of storage', 'signal/streams/a.ts', "import { sql } from 'kysely';"],
  ['Node in the app', 'src/lib/sync/a.ts', "import { readFile } from 'node:fs/promises';"],
  ['a package without a home', 'src/lib/ui/a.ts', "import _ from 'lodash';"],
  ['require', 'signal/a.ts', "const x = require('lodash');"],
  ['code from another host', 'src/lib/ui/a.ts', "import 'https://cdn.example/x.js';"],
  ['test code in the product', 'signal/a.ts', "import { fake } from './testing/fake-parts.ts';"],
  [
    'test support of the domain',
    'src/domain/ids.ts',
    "import { people } from '#harness/domain/sessions.ts';",
  ],
  ['a folder that is no layer', 'src/lib/misc/a.ts', "import '../ui/x.ts';"],
];

const right: readonly (readonly [what: string, file: string, text: string])[] = [
  [
    'domain within itself',
    'src/domain/session/a.ts',
    "import { x } from '#domain/ids.ts'; import * as v from 'valibot';",
  ],
  ['an import in a comment', 'src/domain/a.ts', "// import x from '../lib/state/x.ts'"],
  ['an import in a string', 'src/domain/a.ts', 'export const text = "import x from \'yjs\'";'],
  ['state with a shape', 'src/lib/state/a.ts', "import type { Engine } from '../sync/engine.ts';"],
  ['state with shapes one by one', 'src/lib/state/a.ts', "import { type A, type B } from '../call/b.ts';"],
  [
    'the composition root',
    'src/lib/app/create-app.ts',
    "import { p } from '../call/adapters/peerjs/index.ts';",
  ],
  [
    'an adapter with its own files',
    'src/lib/call/adapters/peerjs/index.ts',
    "import { w } from './wire.ts'; import 'peerjs';",
  ],
  ['a worker of its own', 'src/lib/vision/a.ts', "new Worker(new URL('./worker/w.ts', import.meta.url));"],
  ['the relay with the domain', 'signal/streams/a.ts', "import { fold } from '#domain/session/fold.ts';"],
  [
    'the relay wiring its store',
    'signal/create-relay.ts',
    "import { o } from './storage/sqlite/open-sqlite.ts';",
  ],
  ['a route and its generated types', 'src/routes/+page.ts', "import type { PageLoad } from './$types';"],
];

describe('who may import whom', () => {
  test('every import of the app and the relay stays within its layer', () => {
    const files = sourceFiles();
    expect(files.length).toBeGreaterThan(50);
    const violations = files.flatMap((file) =>
      checkImports(file, readFileSync(join(projectRoot, file), 'utf8')),
    );
    expect(
      violations.map(({ file, line, specifier, why }) => `${file}:${line} ${specifier}: ${why}`),
    ).toEqual([]);
  });

  test('every folder under src/lib is a layer', () => {
    const folders = readdirSync(join(projectRoot, 'src/lib'), { withFileTypes: true }).filter((e) =>
      e.isDirectory(),
    );
    expect(folders.map((e) => `src/lib/${e.name}`).filter((folder) => layerOf(folder) === undefined)).toEqual(
      [],
    );
  });

  test('the domain holds the product alone: every file is used by it, and test support is in tests/harness/domain', () => {
    const used = new Set(
      sourceFiles().flatMap((file) =>
        readImports(file, readFileSync(join(projectRoot, file), 'utf8')).flatMap(({ specifier }) => {
          const target = specifier === undefined ? undefined : resolveImport(file, specifier);
          return target?.kind === 'file' ? [target.path] : [];
        }),
      ),
    );
    const domain = readdirSync(join(projectRoot, 'src/domain'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && moduleName.test(entry.name))
      .map((entry) => relative(projectRoot, join(entry.parentPath, entry.name)).split(sep).join('/'))
      .filter((path) => !path.endsWith('.test.ts'));
    expect(domain.filter((path) => isTestCode(path) || !used.has(path))).toEqual([]);
  });

  test.each(wrong)('the check sees %s', (_what, file, text) => {
    expect(checkImports(file, text)).not.toEqual([]);
  });

  test.each(right)('the check allows %s', (_what, file, text) => {
    expect(checkImports(file, text)).toEqual([]);
  });
});
