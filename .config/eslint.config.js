import svelte from 'eslint-plugin-svelte';
import tseslint from 'typescript-eslint';

const scripts = ['**/*.mjs', '**/*.config.{js,ts}', 'tests/bench/**', 'signal/main.ts'];

export default tseslint.config(
  {
    ignores: [
      'node_modules/',
      'build/',
      '.svelte-kit/',
      'data/',
      'static/',
      'test-results/',
      'src/lib/i18n/paraglide/',
      'src/lib/i18n/project.inlang/',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  ...tseslint.configs.recommended,
  ...svelte.configs.recommended,
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: tseslint.parser, extraFileExtensions: ['.svelte'] } },
  },
  {
    rules: {
      '@typescript-eslint/ban-ts-comment': [
        'error',
        { 'ts-check': false, 'ts-expect-error': true, 'ts-ignore': true, 'ts-nocheck': true },
      ],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      // The compiler sees unused parameters and variables of every kind; a leading underscore says it is meant.
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
      'no-empty': ['error', { allowEmptyCatch: false }],
      'no-var': 'error',
      'prefer-const': 'error',
      // One app at one base path: addresses need no resolving.
      'svelte/no-navigation-without-resolve': 'off',
      // Rune classes notify by themselves; a Map in them is an ordinary Map.
      'svelte/prefer-svelte-reactivity': 'off',
    },
  },
  // A $bindable prop is assigned by others; the rule made for Svelte knows that.
  { files: ['**/*.svelte'], rules: { 'prefer-const': 'off', 'svelte/prefer-const': 'error' } },
  { files: scripts, rules: { 'no-console': 'off' } },
);
