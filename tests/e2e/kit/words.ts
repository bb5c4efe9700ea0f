import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../harness/data.ts';

export type Language = 'en' | 'de';

/** The app's own words by their keys, as a screen reader says them: soft hyphens are silent. */
export function wordsOf(language: Language): (key: string) => string {
  const file = join(projectRoot, 'src', 'lib', 'i18n', 'messages', `${language}.json`);
  const messages: Record<string, unknown> = JSON.parse(readFileSync(file, 'utf8'));
  return (key) => {
    const text = messages[key];
    if (typeof text !== 'string') throw new Error(`no message ${key} in ${language}`);
    return text.replaceAll('\u00ad', '');
  };
}
