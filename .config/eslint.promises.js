// Promises that nobody waits for, by the compiler's types. A run of its own, without a cache: what is found in one file
// depends on the types of others.
import svelte from 'eslint-plugin-svelte';
import tseslint from 'typescript-eslint';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const typed = {
  tsconfigRootDir: root,
  // The first covers src and tests as well.
  project: ['./tsconfig.json', './signal/tsconfig.json', './.config/tsconfig.service-worker.json'],
  extraFileExtensions: ['.svelte'],
};

export default tseslint.config(
  { ignores: ['**/*.d.ts', 'src/lib/i18n/paraglide/'] },
  // Words for the other run's rules are none of this one's.
  { linterOptions: { reportUnusedDisableDirectives: 'off' } },
  ...svelte.configs.base,
  {
    files: ['**/*.ts'],
    plugins: { '@typescript-eslint': tseslint.plugin },
    languageOptions: { parser: tseslint.parser, parserOptions: typed },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    plugins: { '@typescript-eslint': tseslint.plugin },
    languageOptions: { parserOptions: { ...typed, parser: tseslint.parser } },
  },
  {
    files: ['**/*.ts', '**/*.svelte'],
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
    },
  },
);
