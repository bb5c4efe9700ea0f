import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../harness/data.ts';
import { isTestCode } from './import-rules.ts';

/** Every way to make markup or code of a text. */
const ways =
  /\{@html\b|\b(inner|outer)HTML\b|\binsertAdjacentHTML\b|\bsetHTMLUnsafe\b|\bcreateContextualFragment\b|\bdocument\.write|\bsrcdoc\b|\bDOMParser\b|\beval\(|\bnew Function\b|javascript:/;
const source = /(?<!\.d)\.(ts|js|mjs|svelte|html)$/;

function found(text: string): string[] {
  return text.split('\n').filter((line) => ways.test(line));
}

test('T38 texts of people are text: nothing in the sources makes markup or code of a text', () => {
  const files = ['src', 'signal', 'static'].flatMap((folder) =>
    readdirSync(join(projectRoot, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && source.test(entry.name))
      .map((entry) => relative(projectRoot, join(entry.parentPath, entry.name)).split(sep).join('/'))
      .filter((path) => !path.includes('/paraglide/') && !isTestCode(path)),
  );
  expect(files.length).toBeGreaterThan(200);
  const guilty = files.filter((path) => found(readFileSync(join(projectRoot, path), 'utf8')).length > 0);
  expect(guilty).toEqual([]);
});

test('T38 the check finds what it is for', () => {
  for (const line of ['{@html text}', 'node.innerHTML = text;', '<iframe srcdoc={text}>', 'eval(text)'])
    expect(found(line)).toEqual([line]);
  expect(found('<p>{text}</p>')).toEqual([]);
});
