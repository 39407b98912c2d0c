/** Serves the public corpora to element tests, where they are: in `LMS_LIVE_CORPORA`, or beside the checkout. Tests run without them, too. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const BESIDE = fileURLToPath(new URL('../../shared/corpora/', import.meta.url));
const XSS = 'xss/payloads.txt';

/** @returns {NonNullable<import('@web/test-runner').TestRunnerConfig['plugins']>[number]} */
export function corporaPlugin() {
  return {
    name: 'lms-live-corpora',
    async serve({ path }) {
      if (path !== `/corpora/${XSS}`) return undefined;
      const body = await readFile(`${process.env['LMS_LIVE_CORPORA'] ?? BESIDE}/${XSS}`, 'utf8').catch(() => null);
      // Without an answer of ours it is 404.
      return body === null ? undefined : { body, type: 'text' };
    },
  };
}
