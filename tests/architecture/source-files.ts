import { readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { projectRoot } from '../harness/data.ts';
import { isTestCode } from './import-rules.ts';

/** What is a module of ours by its name; declarations are none. */
export const moduleName = /(?<!\.d)\.(ts|js|mjs|svelte)$/;

/** Every module of the app and the relay, without tests; paths from the project's root, with forward slashes. */
export function sourceFiles(): string[] {
  return ['src', 'signal'].flatMap((folder) =>
    readdirSync(join(projectRoot, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && moduleName.test(entry.name))
      .map((entry) => relative(projectRoot, join(entry.parentPath, entry.name)).split(sep).join('/'))
      .filter((path) => !path.includes('/paraglide/') && !isTestCode(path)),
  );
}
