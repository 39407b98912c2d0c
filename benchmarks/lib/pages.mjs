/** Bundles the pages, minified as they would be shipped, and serves them: `/fast.html` runs `fast.js`. */
import { build } from 'esbuild';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

const PAGES = fileURLToPath(new URL('../pages', import.meta.url));

/**
 * @param {readonly string[]} names of files in `pages`, without `.ts`
 * @param {{ areSources: boolean }} options `areSources`: with our packages as they stand in the sources, for trying something out; else as they are built
 * @returns {Promise<{ origin: string, close: () => Promise<void> }>}
 */
export async function servePages(names, { areSources }) {
  const { outputFiles } = await build({
    entryPoints: names.map((name) => `${PAGES}/${name}.ts`),
    bundle: true,
    minify: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    write: false,
    outdir: '/',
    // Its own streams, made for Node, look for it.
    define: { global: 'globalThis' },
    // The sources of the packages stand in the paths of tsconfig.json.
    ...(areSources ? {} : { tsconfigRaw: {} }),
    logLevel: 'error',
  });
  const scripts = new Map(outputFiles.map(({ path, contents }) => [`/${basename(path)}`, contents]));
  const server = createServer(({ url = '/' }, response) => {
    const { pathname } = new URL(url, 'http://localhost');
    const script = scripts.get(pathname);
    if (script) response.writeHead(200, { 'content-type': 'text/javascript' }).end(script);
    else if (pathname.endsWith('.html'))
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(html(basename(pathname, '.html')));
    else response.writeHead(pathname === '/favicon.ico' ? 204 : 404).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    origin: `http://localhost:${port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Names of all pages. @returns {string[]} */
export function pageNames() {
  return readdirSync(PAGES)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => basename(file, '.ts'));
}

/** @param {string} name */
const html = (name) => `<!doctype html>
<html lang="en">
  <meta charset="utf-8" />
  <title>${name}</title>
  <style>video { width: 320px; height: 180px }</style>
  <button id="join">Join</button>
  <div id="faces"></div>
  <script type="module" src="/${name}.js"></script>
</html>
`;
