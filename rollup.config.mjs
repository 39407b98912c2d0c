/**
 * Builds the packages in the order of the arrows: protocol, client, elements, and last the one file for a `<script>` tag.
 * One ES module per entry of `exports`, shared code in `dist/chunks`, other packages left as bare imports.
 */
import { nodeResolve } from '@rollup/plugin-node-resolve';
import terser from '@rollup/plugin-terser';
import typescript from '@rollup/plugin-typescript';
import { readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { entriesOf } from './scripts/entries.mjs';

const ELEMENTS_DIST = 'packages/elements/dist';
const LICENSE_NOTICE = /@license|@preserve|^!/;

/** What is built in, though it is a package: the helpers of TypeScript, and the few icons that we draw. */
const BUILT_IN = /^(tslib|lucide)(\/|$)/;

/** A bare import names another package: it stays an import, so that an app has each library once. */
const isBareImport = (id) => !/^[./\0]/.test(id) && !BUILT_IN.test(id);

/** A warning is a fault that nobody has looked at yet. */
function failOnWarning(warning) {
  if (warning.code === 'EMPTY_BUNDLE') return;
  throw Object.assign(new Error(warning.message), warning);
}

/** Removes what an earlier build left in `dist` and this one did not write. */
function removeStale(dist) {
  return {
    name: 'remove-stale',
    writeBundle(_options, bundle) {
      for (const file of readdirSync(dist, { recursive: true, withFileTypes: true })) {
        const path = join(file.parentPath, file.name);
        if (file.isFile() && !Object.hasOwn(bundle, path.slice(dist.length + 1))) rmSync(path);
      }
    },
  };
}

function packageBuild(packageDir) {
  const dist = `${packageDir}/dist`;
  return {
    input: entriesOf(packageDir),
    external: isBareImport,
    onwarn: failOnWarning,
    plugins: [
      nodeResolve({ resolveOnly: [BUILT_IN] }),
      typescript({
        tsconfig: `${packageDir}/tsconfig.src.json`,
        noEmitOnError: true,
        compilerOptions: {
          rootDir: resolve(packageDir, 'src'),
          outDir: resolve(dist),
          noEmit: false,
          declaration: true,
          declarationMap: true,
          sourceMap: true,
          inlineSources: true,
          // The linter's to say; a build is also for trying something out.
          noUnusedLocals: false,
          noUnusedParameters: false,
          // The build takes the other packages as installed, not their sources.
          paths: {},
        },
      }),
      removeStale(dist),
    ],
    output: {
      dir: dist,
      format: 'es',
      sourcemap: true,
      chunkFileNames: 'chunks/[name]-[hash].js',
      hoistTransitiveImports: false,
    },
  };
}

const cdnBuild = {
  input: { 'lms-live': `${ELEMENTS_DIST}/define/index.js` },
  onwarn: failOnWarning,
  plugins: [nodeResolve({ browser: true }), terser({ module: true, format: { comments: LICENSE_NOTICE } })],
  output: { dir: `${ELEMENTS_DIST}/cdn`, format: 'es', sourcemap: true, chunkFileNames: 'chunks/[name]-[hash].js' },
};

export default [...['packages/protocol', 'packages/client', 'packages/elements'].map(packageBuild), cdnBuild];
