import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Tests read the sources of the other packages, so that no build stands between a change and its test. */
const alias = [
  { find: /^@lms-live\/protocol$/, replacement: source('./packages/protocol/src/index.ts') },
  { find: /^@lms-live\/client\/loopback$/, replacement: source('./packages/client/src/loopback.ts') },
  { find: /^@lms-live\/client\/media$/, replacement: source('./packages/client/src/media.ts') },
  { find: /^@lms-live\/client$/, replacement: source('./packages/client/src/index.ts') },
];

/** Random histories take their time on a busy machine. */
const UNIT_TIMEOUT_MS = 20_000;
const PROOF_TIMEOUT_MS = 60_000;
const E2E_TIMEOUT_MS = 180_000;

/** `*.browser.test.ts` runs in Chromium: see web-test-runner.config.mjs. */
const project = (name: string, include: string[]) => ({
  extends: true as const,
  test: { name, include, exclude: ['**/*.browser.test.ts'] },
});

export default defineConfig({
  resolve: { alias },
  test: {
    environment: 'node',
    passWithNoTests: true,
    testTimeout: UNIT_TIMEOUT_MS,
    restoreMocks: true,
    unstubGlobals: true,
    unstubEnvs: true,
    coverage: { provider: 'v8', reportsDirectory: 'coverage' },
    projects: [
      project('protocol', ['packages/protocol/{src,test}/**/*.test.ts']),
      project('client', ['packages/client/{src,test}/**/*.test.ts']),
      project('server', ['server/{src,test}/**/*.test.ts']),
      project('demo-lms', ['examples/demo-lms/{src,test}/**/*.test.ts']),
      project('repo', ['scripts/**/*.test.mjs']),
      ...['chaos', 'conformance'].map((name) => ({
        // The built server as a process, by those who speak to it from outside: no aliases, one file after another.
        resolve: { alias: [] },
        test: {
          name,
          include: [`${name}/**/*.test.ts`],
          fileParallelism: false,
          testTimeout: PROOF_TIMEOUT_MS,
          hookTimeout: PROOF_TIMEOUT_MS,
        },
      })),
      {
        // The product as it is built, in real browsers: no aliases, one file after another.
        resolve: { alias: [] },
        test: {
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: E2E_TIMEOUT_MS,
          hookTimeout: E2E_TIMEOUT_MS,
        },
      },
    ],
  },
});
