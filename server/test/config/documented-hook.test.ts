import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { askHost } from '../../src/admission/ask-host.js';
import { readConfig } from '../../src/config/index.js';
import { runPython } from '../tokens/real/python.js';

/** The code that the page gives to hosts, with what the server really sends. */

const PAGE = readFileSync(fileURLToPath(new URL('../../../docs-site/server/admission.md', import.meta.url)), 'utf8');
const HOOK_SECRET = `whsec_${Buffer.from('Xw3kTz8QnB5vMr2JhL7dFs9YpC4gUe6A').toString('base64')}`;
const OTHER_SECRET = `whsec_${Buffer.from('Bn5vXw3kTz8Q7dFs9YpC4gUe6AMr2JhL').toString('base64')}`;
const MINUTES_MS = 10 * 60_000;

interface Question {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
type Check = (question: Question) => Promise<boolean>;

/** What the server asks, with the secret as the operator writes it. */
async function questionOf(written: string, now = Date.now()): Promise<Question> {
  const tenant = {
    id: 'school',
    issuer: 'https://lms.school.example',
    origins: ['https://lms.school.example'],
    admission: { by: 'hook', url: 'https://lms.school.example/live/admission', secret: written },
    keys: [{ kind: 'secret', secret: 'q7Zt2nVb9KxW4mLs8RfD1yHc6PjG3uEa' }],
  };
  const [read] = readConfig({ LMS_LIVE_TENANTS: JSON.stringify({ tenants: [tenant] }) }).tenants;
  if (read?.admission.by !== 'hook') throw new Error('The tenant has no hook.');
  const asked: Question[] = [];
  await askHost({
    ...read.admission,
    body: { tenant: 'school', sub: '42', room: 'algebra', claims: { sub: '42', name: 'Zoë Ünal 😀' } },
    now,
    signal: new AbortController().signal,
    fetch: (_url, { headers, body } = {}) => {
      asked.push({ headers: headers as Record<string, string>, body: body as string });
      return Promise.resolve(Response.json({ allow: true }));
    },
  });
  const [question] = asked;
  if (!question) throw new Error('The server asked nothing.');
  return question;
}

function blockOf(language: string): string {
  const code = new RegExp(`\`\`\`${language} [^\n]*\n([\\s\\S]*?)\n\`\`\``).exec(PAGE)?.[1];
  if (code === undefined) throw new Error(`The page has no ${language}.`);
  return code;
}

let folder: string;
const checks: Record<string, Check> = {};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lms-live-hook-'));
  vi.stubEnv('HOOK_SECRET', `${HOOK_SECRET}\n`);

  const node = join(folder, 'hook.mjs');
  writeFileSync(node, blockOf('js'));
  const { isFromLiveServer } = (await import(pathToFileURL(node).href)) as {
    readonly isFromLiveServer: (request: { readonly headers: object; readonly body: Buffer }) => boolean;
  };
  checks['Node'] = ({ headers, body }) => Promise.resolve(isFromLiveServer({ headers, body: Buffer.from(body) }));

  const python = join(folder, 'hook.py');
  const caller = 'import json, sys\nq = json.load(sys.stdin)\n';
  const answer = 'print(json.dumps(is_from_live_server(q["headers"], q["body"].encode())))\n';
  writeFileSync(python, `${blockOf('python')}\n${caller}${answer}`);
  checks['Python'] = (question) => Promise.resolve(runPython(pathToFileURL(python).href, question) as boolean);
});

// Each Python is a process of its own, with the environment of its time.
beforeEach(() => {
  vi.stubEnv('HOOK_SECRET', `${HOOK_SECRET}\n`);
});

afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

describe.each(['Node', 'Python'])('the check of a question, as the page has it for %s', (language) => {
  const check: Check = (question) => checks[language]?.(question) ?? Promise.reject(new Error('not loaded'));

  test('believes the server', async () => {
    expect(await check(await questionOf(HOOK_SECRET))).toBe(true);
  });

  test('believes nobody else', async () => {
    expect(await check(await questionOf(OTHER_SECRET))).toBe(false);
    const { headers, body } = await questionOf(HOOK_SECRET);
    expect(await check({ headers, body: body.replace('"42"', '"17"') })).toBe(false);
    expect(await check({ headers: { ...headers, 'webhook-id': 'msg_other' }, body })).toBe(false);
    const later = { ...headers, 'webhook-timestamp': String(Number(headers['webhook-timestamp']) + 1) };
    expect(await check({ headers: later, body })).toBe(false);
    for (const signature of ['', 'v1,', 'v1,é', headers['webhook-signature']?.slice(0, -1) ?? '']) {
      expect(await check({ headers: { ...headers, 'webhook-signature': signature }, body })).toBe(false);
    }
    expect(await check({ headers: {}, body })).toBe(false);
  });

  test('believes nothing that is old', async () => {
    expect(await check(await questionOf(HOOK_SECRET, Date.now() - MINUTES_MS))).toBe(false);
  });
});
