import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { openSqliteStore } from '../storage/index.js';
import { readJwks, SigningKeys } from './signing-keys.js';
import type { StatementClaims } from './statement.js';
import { verifyStatement } from './verify-statement.js';

const USAGE = `lms-live statement verify <file> --jwks <file or URL>
  whether a statement was signed by one of these keys, and what it says
lms-live statement rotate [folder]
  makes a new key for a server that is stopped; what was signed before can be verified as ever
`;
const FETCH_TIMEOUT_MS = 10_000;
const WRONG_USE = 64;

export interface CommandIo {
  readonly print: (text: string) => void;
  readonly complain: (text: string) => void;
}

/**
 * `lms-live statement`: verifies what a server has signed, or makes a new key.
 * @returns the exit code: 0 where it is true, 1 where it is not or could not be seen, 64 where the command is not written so
 */
export async function statementCommand({
  args,
  dataDir,
  print,
  complain,
}: CommandIo & { readonly args: readonly string[]; readonly dataDir: string }): Promise<number> {
  try {
    const { positionals, values } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { jwks: { type: 'string' }, help: { type: 'boolean' } },
    });
    const [what, argument] = positionals;
    if (what === 'verify' && argument !== undefined && values.jwks !== undefined)
      return await verify({ file: argument, jwks: values.jwks, print, complain });
    if (what === 'rotate') return await rotate(argument ?? dataDir, print);
  } catch (error) {
    complain(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
  complain(USAGE);
  return WRONG_USE;
}

async function verify({
  file,
  jwks,
  print,
  complain,
}: CommandIo & { readonly file: string; readonly jwks: string }): Promise<number> {
  const verdict = verifyStatement((await readFile(file, 'utf8')).trim(), readJwks(await loadJwks(jwks)));
  if (!verdict.ok) {
    complain(`The statement is not true: ${verdict.what}.\n`);
    return 1;
  }
  print(`${wordsOf(verdict.claims)}\nIt was signed by the key ${verdict.kid}.\n`);
  return 0;
}

async function rotate(dataDir: string, print: (text: string) => void): Promise<number> {
  const store = await openSqliteStore({ dataDir });
  try {
    print(`From the next start on the key ${await SigningKeys.rotate(store)} signs.\n`);
  } finally {
    await store.close();
  }
  return 0;
}

async function loadJwks(source: string): Promise<unknown> {
  if (!/^https?:/u.test(source)) return JSON.parse(await readFile(source, 'utf8'));
  const response = await fetch(source, { redirect: 'error', signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) });
  if (!response.ok) throw new Error(`${source} answers ${String(response.status)}.`);
  return response.json();
}

function wordsOf({ tenant, room, endedAt, sessions, classSeconds, attendance, logs }: StatementClaims): string {
  return [
    `Room ${tenant}/${room}, ended ${new Date(endedAt).toISOString()}:`,
    `${String(sessions.length)} session(s), ${String(classSeconds)} s, ${String(attendance.length)} people, ${String(logs.length)} logs.`,
  ].join(' ');
}
