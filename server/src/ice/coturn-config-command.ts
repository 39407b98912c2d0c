import { writeFileSync } from 'node:fs';
import { isIPv4 } from 'node:net';
import { parseArgs } from 'node:util';
import { ConfigError, readConfig } from '../config/index.js';
import { coturnConfig, type CoturnConfigOptions } from './coturn-config.js';
import { judgeCoturn } from './coturn-version.js';

const USAGE = `lms-live coturn-config --relay-ip <IPv4> …   the configuration of a TURN server (coturn) for the credentials of this server

  --relay-ip <IPv4>        of the machine that coturn runs on
  --external-ip <IPv4>     at which the world sees it; default: the same
  --realm <name>           default: the host of LMS_LIVE_PUBLIC_URL
  --cert <file> --key <file>   for TURN over TLS, on the port of the turns: URL in LMS_LIVE_TURN_URLS
  --deny <IP or IP-IP>     one more whom it must not reach, such as a database with a public address; as often as needed
  --coturn-version <text>  what \`turnserver --version\` prints: says what is wrong with that version
  --out <file>             writes it there with the secret, for its owner alone (0600); without it, it is printed without the secret

It reads LMS_LIVE_TURN_URLS, LMS_LIVE_TURN_SECRET (or …_FILE) and LMS_LIVE_PUBLIC_URL.
`;
const HIDDEN = '(not printed: --out writes it into a file)';
const TURN_PORT = 3_478;
const TURNS_PORT = 5_349;
/** As `sysexits.h` has them. */
const EXIT = { ok: 0, failed: 1, usage: 64, config: 78 } as const;
const OWNER_ONLY = 0o600;

export interface CoturnConfigCommand {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly print: (text: string) => void;
  readonly complain: (text: string) => void;
}

/** `lms-live coturn-config`. @returns the exit code */
export function coturnConfigCommand({ args, env, print, complain }: CoturnConfigCommand): number {
  try {
    const wishes = readArguments(args);
    if (wishes === 'help') {
      print(USAGE);
      return EXIT.ok;
    }
    const notes = notesOn(wishes.version);
    const options = readOptions(wishes, env);
    for (const note of notes) complain(`${note}\n`);
    if (wishes.out === undefined) print(coturnConfig({ ...options, secret: HIDDEN }));
    else write(wishes.out, coturnConfig(options));
    return EXIT.ok;
  } catch (error) {
    if (error instanceof UsageError) complain(`${error.message}\n\n${USAGE}`);
    else complain(`${error instanceof Error ? error.message : String(error)}\n`);
    if (error instanceof UsageError) return EXIT.usage;
    return error instanceof ConfigError ? EXIT.config : EXIT.failed;
  }
}

class UsageError extends Error {}

interface Wishes {
  readonly relayIp: string;
  readonly externalIp: string;
  readonly realm: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
  readonly denied: readonly string[];
  readonly version: string | undefined;
  readonly out: string | undefined;
}

function readArguments(args: readonly string[]): Wishes | 'help' {
  const values = parse(args);
  if (values.help === true) return 'help';
  const { 'relay-ip': relayIp, 'external-ip': externalIp = relayIp, realm, cert, key, deny = [] } = values;
  if (relayIp === undefined || externalIp === undefined || !isIPv4(relayIp) || !isIPv4(externalIp))
    throw new UsageError('--relay-ip and --external-ip take an IPv4 address.');
  if (realm !== undefined && !/^[A-Za-z0-9.-]+$/u.test(realm))
    throw new UsageError('--realm takes letters, digits, points and dashes.');
  if ((cert === undefined) !== (key === undefined)) throw new UsageError('--cert and --key go together.');
  for (const path of [cert, key])
    if (path !== undefined && /[\r\n]/u.test(path)) throw new UsageError('A path is one line.');
  for (const range of deny)
    if (!/^[^-]+(?:-[^-]+)?$/u.test(range) || !range.split('-').every(isIPv4))
      throw new UsageError(`--deny takes an IPv4 address, or two with "-" between them: not ${range}.`);
  return { relayIp, externalIp, realm, cert, key, denied: deny, version: values['coturn-version'], out: values.out };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        'relay-ip': { type: 'string' },
        'external-ip': { type: 'string' },
        realm: { type: 'string' },
        cert: { type: 'string' },
        key: { type: 'string' },
        deny: { type: 'string', multiple: true },
        'coturn-version': { type: 'string' },
        out: { type: 'string' },
        help: { type: 'boolean' },
      },
    }).values;
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function readOptions(wishes: Wishes, env: CoturnConfigCommand['env']): CoturnConfigOptions {
  const { turn, publicUrl } = readConfig(env);
  if (turn === null)
    throw new Error('There is no TURN server in the configuration: set LMS_LIVE_TURN_URLS and LMS_LIVE_TURN_SECRET.');
  // The file has a line for each setting, and `#` begins a comment.
  if (/[\s#"\\]/u.test(turn.secret))
    throw new Error(
      'LMS_LIVE_TURN_SECRET has a space, a quote, a backslash or a # in it, which coturn reads as something else: make another one.',
    );
  const { relayIp, externalIp, realm = new URL(publicUrl).hostname, cert, key, denied } = wishes;
  const turns = turn.urls.find((url) => url.startsWith('turns:'));
  if (turns !== undefined && cert === undefined)
    throw new UsageError(`LMS_LIVE_TURN_URLS names ${turns}, which needs --cert and --key.`);
  const plain = turn.urls.find((url) => url.startsWith('turn:'));
  return {
    secret: turn.secret,
    realm,
    relayIp,
    externalIp,
    port: plain === undefined ? TURN_PORT : portOf(plain, TURN_PORT),
    tls:
      cert === undefined || key === undefined
        ? null
        : { certFile: cert, keyFile: key, port: turns === undefined ? TURNS_PORT : portOf(turns, TURNS_PORT) },
    denied,
  };
}

function portOf(url: string, fallback: number): number {
  const port = /:(\d+)(?:\?|$)/u.exec(url.replace(/\[[^\]]*\]/u, ''))?.[1];
  return port === undefined ? fallback : Number(port);
}

function notesOn(version: string | undefined): readonly string[] {
  if (version === undefined) return [];
  const verdict = judgeCoturn(version);
  if (verdict === null) throw new UsageError('--coturn-version takes a version such as 4.17.2.');
  if (!verdict.isSupported) throw new Error(verdict.notes.join('\n'));
  return verdict.notes;
}

/** Never over a file that is there: somebody may have changed it. */
function write(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx', mode: OWNER_ONLY });
  } catch (cause) {
    const isThere = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST';
    throw new Error(
      isThere ? `${file} exists and is left as it is: move it away first.` : `${file} cannot be written.`,
      { cause },
    );
  }
}
