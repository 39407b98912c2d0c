import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openApiCommand } from '../src/cli/openapi-command.js';
import { referencePage } from '../src/http/openapi/reference-page.js';
import { ROUTES } from '../src/http/routes.js';
import { startRig, token, type Rig } from './support/rig.js';

const run = promisify(execFile);
const docs = (path: string): string => fileURLToPath(new URL(`../../docs-site/${path}`, import.meta.url));

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.stop());

it('has written the reference from the routes as they are now', async () => {
  const path = docs('reference/http.md');
  const page = await format(referencePage(ROUTES), { ...(await resolveConfig(path)), parser: 'markdown' });
  expect(readFileSync(path, 'utf8'), 'npm run build:server && node scripts/http-docs.mjs').toBe(page);
});

it('prints the document that a server gives', async () => {
  const printed: string[] = [];
  openApiCommand([], (text) => printed.push(text));
  expect(JSON.parse(printed.join(''))).toEqual((await rig.http('GET', '/v1/openapi.json', { claims: null })).body);
});

it('shows commands in the guide that do what it says', async () => {
  const guide = readFileSync(docs('server/http-api.md'), 'utf8');
  const blocks = [...guide.matchAll(/```sh\n([\s\S]*?)```(?:\n\n```json\n([\s\S]*?)```)?/gu)];
  expect(blocks.length).toBeGreaterThanOrEqual(5);
  const [service, student] = await Promise.all([
    token({ sub: 'lms', role: 'service', room: '*' }),
    token({ sub: 'student-3', name: 'Ada', room: '*' }),
  ]);
  for (const [, command = '', answer] of blocks) {
    const quiet = command.replaceAll('curl ', 'curl --silent --show-error --max-time 10 ');
    const { stdout: printed } = await run('sh', ['-c', quiet], {
      env: { ...process.env, LIVE: rig.url, SERVICE: service, STUDENT: student },
    });
    expect({ command, printed }).toMatchObject({
      command,
      printed: expect.not.stringContaining('"retryable"') as string,
    });
    if (answer) expect({ command, ...(JSON.parse(printed) as object) }).toMatchObject(shown(answer));
  }
});

/** What the guide shows of an answer; what is cut short there (`…`) is not compared. */
function shown(text: string): object {
  const whole = JSON.parse(text.replaceAll(/,?\s*"…":\s*"…"/gu, ''), (_, value: unknown) =>
    value === '…' ? (expect.anything() as unknown) : value,
  ) as object;
  return whole;
}
