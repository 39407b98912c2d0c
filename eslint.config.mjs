/**
 * What may import what, and what nobody may write.
 * The arrows: protocol ← client ← elements, protocol ← server; examples and docs use published names only.
 */
import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import lit from 'eslint-plugin-lit';
import litA11y from 'eslint-plugin-lit-a11y';
import wc from 'eslint-plugin-wc';
import { defineConfig } from 'eslint/config';
import globals from 'globals';
import tseslint from 'typescript-eslint';

const TESTS = [
  '**/*.test.ts',
  '**/test/**/*.ts',
  '**/testing/**/*.ts',
  'e2e/**/*.ts',
  'chaos/**/*.ts',
  'conformance/**/*.ts',
];
const BROWSER_PACKAGES = ['packages/client/src/**/*.ts', 'packages/elements/src/**/*.ts'];

const INTO_A_WORKSPACE = {
  regex: String.raw`^\.\.?/.*\b(protocol|client|elements|react|server|demo-lms)/(src|dist|test)(/|$)`,
  message: 'Import another package by its published name.',
};
const UNSAFE_DIRECTIVES = {
  regex: String.raw`/directives/unsafe-(html|svg|mathml)\.js$`,
  message: 'What people write is text: let Lit escape it.',
};

/** Every bare import except these. */
const onlyBare = (names, message) => ({ regex: String.raw`^(?!\.{1,2}/|(${names})(/|$))`, message });
const imports = (...patterns) => ({
  'no-restricted-imports': ['error', { patterns: [INTO_A_WORKSPACE, UNSAFE_DIRECTIVES, ...patterns] }],
});

const BANNED_PROPERTIES = [
  { object: 'Math', property: 'random', message: 'Ids come from crypto or nanoid; chance in a test from its seed.' },
  ...['innerHTML', 'outerHTML', 'insertAdjacentHTML', 'setHTMLUnsafe'].map((property) => ({
    property,
    message: 'What people write is text: let Lit escape it, or use textContent.',
  })),
];
const BANNED_SYNTAX = [
  { selector: 'TSEnumDeclaration', message: 'Use a union of string literals.' },
  { selector: 'TSModuleDeclaration[kind="namespace"]', message: 'A module is the namespace.' },
];

/** Pure code is told the time; it does not ask. */
const BANNED_CLOCKS = {
  properties: [
    { object: 'Date', property: 'now', message: 'The time comes in as an argument.' },
    { object: 'performance', property: 'now', message: 'The time comes in as an argument.' },
  ],
  syntax: [
    {
      selector: 'NewExpression[callee.name="Date"][arguments.length=0], CallExpression[callee.name="Date"]',
      message: 'The time comes in as an argument.',
    },
  ],
};
const IMPURE_GLOBALS = [
  ...['window', 'document', 'navigator', 'location', 'self', 'globalThis', 'localStorage', 'sessionStorage'],
  ...['fetch', 'WebSocket', 'crypto', 'performance', 'console', 'setTimeout', 'setInterval', 'setImmediate'],
  ...['clearTimeout', 'clearInterval', 'queueMicrotask', 'process', 'Buffer', 'global', 'require'],
].map((name) => ({ name, message: 'The protocol is pure: no I/O, clock, DOM or Node.' }));
const NODE_GLOBALS = ['process', 'Buffer', 'global', 'require', '__dirname', '__filename'].map((name) => ({
  name,
  message: 'This runs in a browser.',
}));

export default defineConfig(
  {
    ignores: ['**/dist/', '**/node_modules/', '**/coverage/', '.reports/', '.cache/', 'docs-site/.vitepress/cache/'],
  },
  js.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'no-console': 'error',
      eqeqeq: 'error',
      // What people write is checked for control characters, by name.
      'no-control-regex': 'off',
      'no-restricted-properties': ['error', ...BANNED_PROPERTIES],
      'no-restricted-syntax': ['error', ...BANNED_SYNTAX],
      ...imports(),
    },
  },

  // TypeScript, with types.
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: [] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // An interface may promise a promise where this one implementation has nothing to wait for.
      '@typescript-eslint/require-await': 'off',
      // `while (true)` around an async read; the rest of the rule stays.
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      // A union says more with its members in reading order and with a literal beside `string`.
      '@typescript-eslint/no-redundant-type-constituents': 'off',
    },
  },
  {
    files: ['packages/*/src/**/*.ts', 'server/src/**/*.ts'],
    // A table is as long as what it lists.
    ignores: [...TESTS, 'packages/protocol/src/tables/**', 'packages/elements/src/translations/**'],
    rules: {
      'max-params': ['error', 4],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
    },
  },

  // The arrows.
  {
    files: ['packages/protocol/src/**/*.ts'],
    ignores: TESTS,
    rules: {
      ...imports(onlyBare('valibot', 'The protocol imports valibot and nothing else.')),
      'no-restricted-globals': ['error', ...IMPURE_GLOBALS],
      'no-restricted-properties': ['error', ...BANNED_PROPERTIES, ...BANNED_CLOCKS.properties],
      'no-restricted-syntax': ['error', ...BANNED_SYNTAX, ...BANNED_CLOCKS.syntax],
    },
  },
  {
    files: ['packages/client/src/**/*.ts'],
    ignores: TESTS,
    rules: {
      ...imports(onlyBare('@lms-live/protocol', 'The client imports the protocol and nothing else.')),
      'no-restricted-globals': ['error', ...NODE_GLOBALS],
    },
  },
  {
    files: ['packages/elements/src/**/*.ts'],
    ignores: TESTS,
    rules: {
      ...imports(
        onlyBare(
          'lit|@lit/context|@shoelace-style/localize|lucide|@lms-live/(client|protocol)',
          'Elements import the client, the protocol, Lit and the libraries of package.json.',
        ),
        { regex: '^lit-html|^lit-element|^@lit/reactive-element', message: 'Import it from lit.' },
      ),
      'no-restricted-globals': ['error', ...NODE_GLOBALS],
    },
  },
  {
    files: ['server/src/**/*.ts'],
    ignores: ['server/src/transport/uws*.ts'],
    rules: imports(
      { regex: '^@lms-live/(?!protocol$)', message: 'The server imports the protocol and no other package of ours.' },
      { regex: '^uWebSockets\\.js$', message: 'uWebSockets.js is imported in server/src/transport/ only.' },
    ),
  },
  {
    files: ['server/src/transport/uws*.ts'],
    rules: imports({ regex: '^@lms-live/(?!protocol$)', message: 'The server imports the protocol only.' }),
  },

  // Elements.
  {
    files: BROWSER_PACKAGES,
    languageOptions: { globals: globals.browser },
  },
  {
    files: ['packages/elements/**/*.ts'],
    extends: [lit.configs['flat/recommended'], wc.configs['flat/best-practice']],
    plugins: { 'lit-a11y': litA11y },
    settings: { litHtmlSources: true, wc: { elementBaseClasses: ['LitElement', 'LmsElement'] } },
    rules: {
      ...litA11y.configs.recommended.rules,
      'lit/no-template-bind': 'error',
      'lit/prefer-nothing': 'error',
      'lit/no-legacy-template-syntax': 'error',
      // TypeScript knows the types of these; the rules only know the names.
      'wc/define-tag-after-class-definition': 'off',
      'wc/guard-super-call': 'off',
    },
  },

  // Tests.
  {
    files: TESTS,
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/unbound-method': 'off',
      // chai: `expect(x).to.be.true`.
      '@typescript-eslint/no-unused-expressions': 'off',
    },
  },

  {
    files: [
      'packages/elements/**/*.test.ts',
      'packages/elements/**/testing/**/*.ts',
      'packages/client/**/*.browser.test.ts',
    ],
    rules: {
      // The types of semantic-dom-diff call `equal` a promise, which it is for snapshots alone.
      '@typescript-eslint/no-floating-promises': [
        'error',
        { allowForKnownSafeCalls: [{ from: 'package', package: 'chai', name: 'Equal' }] },
      ],
    },
  },

  // Scripts and settings of tools.
  {
    files: ['**/*.mjs', '**/*.js'],
    languageOptions: { globals: globals.node },
  },
  { files: ['benchmarks/in-page/**'], languageOptions: { globals: globals.browser } },
  { files: ['scripts/**', 'e2e/**', 'benchmarks/**', 'chaos/**', 'conformance/**'], rules: { 'no-console': 'off' } },
  prettier,
);
