/**
 * Writes `docs-site/reference/http.md` from the routes of the server as it is built. With `--check` it writes nothing and fails where the
 * page is stale.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';

export const PAGE = 'docs-site/reference/http.md';
const CLI = fileURLToPath(new URL('../server/dist/cli.js', import.meta.url));

/** The page as it has to be. @param {string} markdown */
export async function formatted(markdown) {
  return format(markdown, { ...(await resolveConfig(PAGE)), parser: 'markdown' });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values: options } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
  const text = await formatted(execFileSync(process.execPath, [CLI, 'openapi', '--markdown'], { encoding: 'utf8' }));
  const isStale = !existsSync(PAGE) || readFileSync(PAGE, 'utf8') !== text;
  if (options.check && isStale) {
    console.error(`Stale: ${PAGE}. Run: npm run build:server && node scripts/http-docs.mjs`);
    process.exitCode = 1;
  } else if (isStale) writeFileSync(PAGE, text);
}
