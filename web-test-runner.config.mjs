/** Element tests, and those of calls, in Chromium, on the TypeScript sources: no build stands between a change and its test. */
import { esbuildPlugin } from '@web/dev-server-esbuild';
import { defaultReporter } from '@web/test-runner';
import { chromeLauncher } from '@web/test-runner-chrome';
import { fileURLToPath } from 'node:url';
import { browserPath, CHROMIUM_FLAGS } from './scripts/browsers.mjs';
import { corporaPlugin } from './scripts/wtr-corpora.mjs';
import { jsonReporter } from './scripts/wtr-json-reporter.mjs';

/** Published names to sources. */
const SOURCES = [
  [/^@lms-live\/(protocol|client|elements)$/, '/packages/$1/src/index.ts'],
  [/^@lms-live\/client\/(loopback|media)$/, '/packages/client/src/$1.ts'],
  [/^@lms-live\/elements\/define$/, '/packages/elements/src/define/index.ts'],
  [/^@lms-live\/elements\/(define|translations)\/([\w-]+)$/, '/packages/elements/src/$1/$2.ts'],
];

const FLAGS = [
  ...CHROMIUM_FLAGS,
  // A made-up microphone and camera, and no question about them.
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
  // Nobody clicks before sound may start.
  '--autoplay-policy=no-user-gesture-required',
];

const sourcesPlugin = {
  name: 'lms-live-sources',
  resolveImport({ source }) {
    const match = SOURCES.find(([pattern]) => pattern.test(source));
    return match && source.replace(match[0], match[1]);
  },
};

export default {
  files: ['packages/elements/{src,test}/**/*.test.ts', 'packages/client/src/**/*.browser.test.ts'],
  nodeResolve: { exportConditions: ['development'] },
  plugins: [
    sourcesPlugin,
    corporaPlugin(),
    esbuildPlugin({
      ts: true,
      target: 'es2022',
      tsconfig: fileURLToPath(new URL('./packages/elements/tsconfig.json', import.meta.url)),
    }),
  ],
  browsers: [
    chromeLauncher({
      launchOptions: { executablePath: browserPath('chromium'), args: FLAGS },
      // Of several tabs in a window one is in front; the others would get no animation frames and no scroll events.
      createPage: ({ context }) => context.newPage({ type: 'window' }),
    }),
  ],
  // Pages of one browser share the processor; more than this only makes them wait.
  concurrency: 2,
  browserStartTimeout: 60_000,
  testsStartTimeout: 60_000,
  testsFinishTimeout: 180_000,
  testFramework: { config: { ui: 'bdd', timeout: 10_000 } },
  // Lit's hint at its development build, which the tests want: it warns of misuse.
  filterBrowserLogs: ({ args }) => !args.some((arg) => String(arg).includes('lit.dev/msg/dev-mode')),
  reporters: [
    defaultReporter({ reportTestResults: true, reportTestProgress: false }),
    ...(process.env.WTR_JSON ? [jsonReporter(process.env.WTR_JSON)] : []),
  ],
};
