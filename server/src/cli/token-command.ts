import { parseArgs } from 'node:util';
import { ConfigError, readConfig } from '../config/index.js';
import type { Config, TenantConfig } from '../config/types.js';
import { checkToken } from './check-token.js';
import { MintError, mintToken } from './mint-token.js';
import { tokenReportText } from './token-report-text.js';

const USAGE = `lms-live token check <jwt>   says which tenant and key a token is of, what each claim became, what is wrong and how to mend it
  -                        instead of the token: reads it from standard input
  --tenant <id>            what the page names, for tokens without an \`iss\`
  --room <id>              a room that its holder wants to come into
  --json                   for programs

lms-live token mint          a token for a trial, as the LMS of a tenant would make it
  --tenant <id>            default: the only one
  --sub <id>               the person; default: trial
  --role <role>            default: student; service: for the HTTP API, without --room for all rooms
  --room <id>  --name <name>
  --minutes <number>       how long it counts; default: 10
  --yes                    in production too, where whoever runs this could be anyone in any class

Both read LMS_LIVE_… as the server does. Of the keys in the configuration nothing is printed.
`;
/** As `sysexits.h` has them. */
const EXIT = { ok: 0, refused: 1, usage: 64, config: 78 } as const;
const DEFAULT_MINUTES = 10;
/** More than any token: what is longer is not read to its end. */
const MAX_INPUT_CHARS = 65_536;

export interface TokenCommand {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => number;
  /** The whole of standard input. */
  readonly readInput: () => Promise<string>;
  readonly print: (text: string) => void;
  readonly complain: (text: string) => void;
}

class UsageError extends Error {}

/** `lms-live token …`. @returns the exit code */
export async function tokenCommand(command: TokenCommand): Promise<number> {
  const { args, print, complain } = command;
  try {
    switch (args[0]) {
      case 'check':
        return await check(command);
      case 'mint':
        return await mint(command);
      case '--help':
        print(USAGE);
        return EXIT.ok;
      default:
        throw new UsageError(args[0] === undefined ? 'Say what: check or mint.' : 'There are check and mint.');
    }
  } catch (error) {
    if (error instanceof UsageError) {
      complain(`${error.message}\n\n${USAGE}`);
      return EXIT.usage;
    }
    if (!(error instanceof ConfigError || error instanceof MintError)) throw error;
    complain(`${error.message}\n`);
    return error instanceof ConfigError ? EXIT.config : EXIT.refused;
  }
}

async function check({ args, env, now, readInput, print }: TokenCommand): Promise<number> {
  const { values, positionals } = parse(() =>
    parseArgs({
      args: args.slice(1),
      allowPositionals: true,
      options: { tenant: { type: 'string' }, room: { type: 'string' }, json: { type: 'boolean', default: false } },
    }),
  );
  const [given, ...rest] = positionals;
  if (given === undefined || rest.length > 0)
    throw new UsageError('Give one token, or - to read it from standard input.');
  // Files end with a line break.
  const token = given === '-' ? (await readInput()).slice(0, MAX_INPUT_CHARS).replace(/\r?\n$/u, '') : given;
  const { tenants, publicUrl } = readConfig(env);
  const report = await checkToken({ tenants, publicUrl, token, tenant: values.tenant, room: values.room, now });
  print(values.json ? `${JSON.stringify(report, null, 2)}\n` : tokenReportText(report));
  return report.accepted ? EXIT.ok : EXIT.refused;
}

async function mint({ args, env, now, print, complain }: TokenCommand): Promise<number> {
  const { values } = parse(() =>
    parseArgs({
      args: args.slice(1),
      options: {
        tenant: { type: 'string' },
        sub: { type: 'string', default: 'trial' },
        role: { type: 'string', default: 'student' },
        room: { type: 'string' },
        name: { type: 'string' },
        minutes: { type: 'string', default: String(DEFAULT_MINUTES) },
        yes: { type: 'boolean', default: false },
      },
    }),
  );
  const config = readConfig(env);
  if (config.production && !values.yes)
    throw new MintError(
      'This is production: a token made here opens classes that are real, and no LMS knows of it. Say --yes if that is what you want.',
    );
  const tenant = tenantOf(config, values.tenant);
  const wishes = { ...values, minutes: Number(values.minutes) };
  const token = mintToken(tenant, { wishes, publicUrl: config.publicUrl, nowMs: now() });
  const { accepted, problems } = await checkToken({ ...config, token, tenant: hintOf(tenant), now });
  if (!accepted) throw new MintError(`Its own check refuses it: ${problems.map(({ message }) => message).join(' ')}`);
  complain(
    `For ${values.minutes} minutes, ${values.role} ${values.sub} of ${tenant.id}. Whoever has it is that person.\n`,
  );
  print(`${token}\n`);
  return EXIT.ok;
}

function tenantOf({ tenants }: Config, id: string | undefined): TenantConfig {
  const [only] = tenants;
  if (only === undefined) throw new MintError('There is no tenant: set LMS_LIVE_TENANTS_FILE or LMS_LIVE_TENANTS.');
  if (id === undefined && tenants.length === 1) return only;
  const found = tenants.find((tenant) => tenant.id === id);
  if (found) return found;
  throw new MintError(`--tenant is one of ${tenants.map((tenant) => tenant.id).join(', ')}.`);
}

/** The page names the tenant only where its tokens do not. */
function hintOf({ id, issuer }: TenantConfig): string | undefined {
  return issuer === null ? id : undefined;
}

function parse<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
