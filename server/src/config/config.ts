/** Reads the configuration once, says everything that is wrong with it at once, and freezes it. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { LIMITS } from '@lms-live/protocol';
import * as v from 'valibot';
import { ENVIRONMENT, NOT_YET, type VariableName } from './environment.js';
import { httpAddress, isLocal, type OptionRow, type OptionValue } from './options.js';
import { ConfigError, quote, unknownName } from './problems.js';
import { wrongValue } from './read-table.js';
import { HOW_TO_MAKE_A_SECRET, MIN_SECRET_BYTES, weakness } from './secrets.js';
import { codeOf, withoutLastLineBreak } from './material.js';
import { readTenants } from './tenants.js';
import type { Config, ConfigFiles, TenantConfig } from './types.js';

const PREFIX = 'LMS_LIVE_';

/** The files of this machine. */
export const NODE_FILES: ConfigFiles = { read: (path) => readFileSync(path, 'utf8') };

/**
 * @param env every variable of the process; only `NODE_ENV` and `LMS_LIVE_…` are looked at. An empty one counts as not set.
 * @throws {ConfigError} with one sentence for each problem
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>, files: ConfigFiles = NODE_FILES): Config {
  const problems: string[] = [];
  const variables = new Variables(env, files, problems);
  variables.checkNames();
  const production = env['NODE_ENV'] === 'production';
  const port = variables.value('LMS_LIVE_PORT') ?? 0;
  const host = variables.value('LMS_LIVE_HOST') ?? '';
  const tls = readTls(variables);
  const publicUrl = readPublicUrl(variables, { production, port, scheme: tls === null ? 'http' : 'https' });
  const config: Config = {
    production,
    host,
    port,
    metrics: readMetrics(variables, { host, port }),
    publicUrl,
    dataDir: resolve(variables.value('LMS_LIVE_DATA_DIR') ?? '.'),
    trustedProxies: variables.value('LMS_LIVE_TRUSTED_PROXIES') ?? [],
    iceServers: variables.value('LMS_LIVE_ICE_SERVERS') ?? [],
    stun: readStun(variables, { production, publicUrl }),
    turn: readTurn(variables, production),
    tls,
    logLevel: variables.value('LMS_LIVE_LOG_LEVEL') ?? 'info',
    transport: variables.value('LMS_LIVE_TRANSPORT') ?? 'auto',
    drainMs: drainMsOf(variables),
    maxPendingHellosPerAddress:
      variables.value('LMS_LIVE_MAX_PENDING_PER_ADDRESS') ?? LIMITS.maxPendingHellosPerAddress,
    tenants: tenantsOf(variables, { production, publicUrl }),
  };
  checkSecretsAreApart(config, problems);
  if (problems.length > 0) throw new ConfigError(problems);
  return deepFreeze(config);
}

class Variables {
  constructor(
    readonly env: Readonly<Record<string, string | undefined>>,
    readonly files: ConfigFiles,
    readonly problems: string[],
  ) {}

  checkNames(): void {
    const rows = Object.entries<OptionRow>(ENVIRONMENT);
    const known = rows.flatMap(([name, row]) => (row.isSecret === true ? [name, `${name}_FILE`] : [name]));
    for (const name of Object.keys(this.env).sort()) {
      if (!name.startsWith(PREFIX) || known.includes(name)) continue;
      const instead = NOT_YET[name] ?? NOT_YET[name.replace(/_FILE$/, '')];
      this.problems.push(
        instead === undefined ? unknownName(name, known) : `${name} is not available in this version; ${instead}.`,
      );
    }
  }

  /** As written, of a secret also in the file that `…_FILE` names; null: not set. */
  text(name: VariableName): string | null {
    const row: OptionRow = ENVIRONMENT[name];
    const text = this.env[name] ?? '';
    const path = row.isSecret === true ? (this.env[`${name}_FILE`] ?? '') : '';
    if (path === '') return text === '' ? null : text;
    if (text !== '') {
      this.problems.push(`${name} and ${name}_FILE are both set; set one of them.`);
      return null;
    }
    return this.file(`${name}_FILE`, path);
  }

  /** The file that a variable names; null, with a problem, where it cannot be read. */
  file(name: string, path: string): string | null {
    try {
      return withoutLastLineBreak(this.files.read(resolve(path)));
    } catch (error) {
      this.problems.push(
        `${name} is ${quote(path)}, which cannot be read (${codeOf(error)}); write the path of a readable file.`,
      );
      return null;
    }
  }

  value<N extends VariableName>(name: N): OptionValue<(typeof ENVIRONMENT)[N]> | undefined {
    const row: OptionRow = ENVIRONMENT[name];
    const text = this.text(name);
    // Each row's schema makes what the row's type says.
    type Value = OptionValue<(typeof ENVIRONMENT)[N]> | undefined;
    if (text === null) return row.fallback as Value;
    const read = v.safeParse(row.schema, text.trim());
    if (read.success) return read.output as Value;
    this.problems.push(wrongValue(name, text, row));
    return undefined;
  }
}

function drainMsOf(variables: Variables): number | null {
  const seconds = variables.value('LMS_LIVE_DRAIN_S') ?? null;
  return seconds === null ? null : seconds * 1_000;
}

function readMetrics(variables: Variables, main: { readonly host: string; readonly port: number }): Config['metrics'] {
  const host = variables.value('LMS_LIVE_METRICS_HOST') ?? '';
  const port = variables.value('LMS_LIVE_METRICS_PORT') ?? null;
  if (port === null) return null;
  if (port === main.port && port !== 0) {
    variables.problems.push(`LMS_LIVE_METRICS_PORT is ${port}, as LMS_LIVE_PORT; write another one, or off.`);
  }
  return { host, port };
}

function readTls(variables: Variables): Config['tls'] {
  const certFile = variables.value('LMS_LIVE_TLS_CERT_FILE');
  const keyFile = variables.value('LMS_LIVE_TLS_KEY_FILE');
  if (certFile === undefined && keyFile === undefined) return null;
  if (certFile === undefined || keyFile === undefined) {
    variables.problems.push('LMS_LIVE_TLS_CERT_FILE and LMS_LIVE_TLS_KEY_FILE belong together; set both or none.');
    return null;
  }
  variables.file('LMS_LIVE_TLS_CERT_FILE', certFile);
  variables.file('LMS_LIVE_TLS_KEY_FILE', keyFile);
  return { certFile: resolve(certFile), keyFile: resolve(keyFile) };
}

function readPublicUrl(
  variables: Variables,
  { production, port, scheme }: { readonly production: boolean; readonly port: number; readonly scheme: string },
): string {
  const row = ENVIRONMENT.LMS_LIVE_PUBLIC_URL;
  const isSet = variables.text('LMS_LIVE_PUBLIC_URL') !== null;
  const url = variables.value('LMS_LIVE_PUBLIC_URL');
  if (!isSet && production) variables.problems.push(`LMS_LIVE_PUBLIC_URL is missing; write ${row.write}.`);
  if (url !== undefined && production && httpAddress(url, false) === null) {
    variables.problems.push(
      `LMS_LIVE_PUBLIC_URL is ${quote(url)}; write an https address: browsers give a plain http page no camera, and its tokens can be read on the way.`,
    );
  }
  return url ?? `${scheme}://localhost:${port}`;
}

function readStun(
  variables: Variables,
  { production, publicUrl }: { readonly production: boolean; readonly publicUrl: string },
): Config['stun'] {
  const host = variables.value('LMS_LIVE_STUN_HOST') ?? '';
  const port = variables.value('LMS_LIVE_STUN_PORT') ?? null;
  const isAsked = variables.text('LMS_LIVE_STUN_PORT') !== null;
  // Browsers on this machine alone need no STUN: then no port is opened to others.
  if (port === null || (!isAsked && isLocal(new URL(publicUrl)))) return null;
  // A taken port is a mistake where somebody wrote it, or where calls rest on it.
  return { host, port, isRequired: production || isAsked };
}

function readTurn(variables: Variables, production: boolean): Config['turn'] {
  const { problems } = variables;
  const hasUrls = variables.text('LMS_LIVE_TURN_URLS') !== null;
  const urls = variables.value('LMS_LIVE_TURN_URLS') ?? [];
  const before = problems.length;
  const secret = variables.text('LMS_LIVE_TURN_SECRET');
  if (problems.length > before) return null;
  if (secret !== null && production) {
    const bytes = Buffer.byteLength(secret);
    const weak = bytes < MIN_SECRET_BYTES ? `has ${bytes} bytes` : weakness(secret);
    if (weak !== null) problems.push(`LMS_LIVE_TURN_SECRET ${weak}; ${HOW_TO_MAKE_A_SECRET}.`);
  }
  if (secret !== null && !hasUrls)
    problems.push(
      `LMS_LIVE_TURN_SECRET is set and LMS_LIVE_TURN_URLS is not; write ${ENVIRONMENT.LMS_LIVE_TURN_URLS.write}.`,
    );
  if (secret === null && hasUrls)
    problems.push(
      'LMS_LIVE_TURN_URLS is set and LMS_LIVE_TURN_SECRET is not; write the static-auth-secret of the TURN server there, or name a server with a fixed password in LMS_LIVE_ICE_SERVERS.',
    );
  return secret === null || urls.length === 0 ? null : { urls, secret };
}

function tenantsOf(
  variables: Variables,
  { production, publicUrl }: { readonly production: boolean; readonly publicUrl: string },
): readonly TenantConfig[] {
  const { env, files, problems } = variables;
  const before = problems.length;
  const text = variables.text('LMS_LIVE_TENANTS');
  const path = env['LMS_LIVE_TENANTS_FILE'] ?? '';
  const name = path === '' ? 'LMS_LIVE_TENANTS' : path;
  const source = { name, text: text ?? '', path: path === '' ? null : resolve(path) };
  const tenants = text === null ? [] : readTenants(source, { files, production, publicUrl, problems });
  if (production && tenants.length === 0 && problems.length === before) {
    problems.push('No LMS may use this server yet; name a file with at least one tenant in LMS_LIVE_TENANTS_FILE.');
  }
  return tenants;
}

/** What one secret signs must not pass for what another one does: a token, a question to a host, a TURN credential. */
function checkSecretsAreApart({ tenants, turn }: Config, problems: string[]): void {
  const purposes = new Map<string, string>();
  const note = (secret: string, purpose: string): void => {
    const other = purposes.get(secret) ?? purpose;
    if (other !== purpose) problems.push(`${other} and ${purpose} have the same secret; give each its own.`);
    purposes.set(secret, other);
  };
  if (turn) note(turn.secret, 'LMS_LIVE_TURN_SECRET');
  for (const { keys } of tenants) {
    for (const key of keys) if (key.kind === 'secret') note(key.secret, 'the tokens of a tenant');
  }
  for (const { admission } of tenants) {
    if (admission.by !== 'hook') continue;
    const bytes = Buffer.from(admission.secret);
    // A host may have written the same random text here as it stands, or as the bytes that it means.
    for (const text of [bytes.toString('utf8'), bytes.toString('base64'), `whsec_${bytes.toString('base64')}`]) {
      note(text, 'the admission hook of a tenant');
    }
  }
}

function deepFreeze<T>(value: T): T {
  // Bytes cannot be frozen.
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || Object.isFrozen(value)) return value;
  Object.values(value).forEach(deepFreeze);
  return Object.freeze(value);
}
