/** Reads the tenants file. Everything that is wrong in it becomes a sentence; see `tenant-options.ts` for its keys. */
import { dirname } from 'node:path';
import { configuredKey } from '../auth/keys.js';
import { jsonFault } from './json-fault.js';
import { readMaterial } from './material.js';
import { readAdmission } from './read-admission.js';
import { readClaims } from './read-claims.js';
import { isObject, readTable } from './read-table.js';
import { quote, unknownName } from './problems.js';
import { HOW_TO_MAKE_A_SECRET, MIN_SECRET_BYTES, weakness } from './secrets.js';
import { KEY_OPTIONS, TENANT_LIMIT_OPTIONS, TENANT_OPTIONS, type KeyKind } from './tenant-options.js';
import type { ConfigFiles, KeyConfig, TenantConfig, TenantLimits, TenantPlace } from './types.js';

export interface TenantsSource {
  /** How a sentence names it: the path, or the variable that holds the JSON. */
  readonly name: string;
  readonly text: string;
  /** The file; paths in it are relative to its folder. Null: to the working directory. */
  readonly path: string | null;
}

export interface TenantsContext {
  readonly files: ConfigFiles;
  readonly production: boolean;
  /** `audiences` where a tenant names none. */
  readonly publicUrl: string;
  readonly problems: string[];
}

export function readTenants(source: TenantsSource, context: TenantsContext): readonly TenantConfig[] {
  const { problems } = context;
  const document = parse({ ...source, text: source.text.replace(/^\ufeff/, '') }, problems);
  if (document === null) return [];
  for (const name of Object.keys(document)) {
    if (name !== 'tenants') problems.push(`${source.name}: ${unknownName(name, ['tenants'])}`);
  }
  const { tenants: entries } = document as { readonly tenants?: unknown };
  if (!Array.isArray(entries)) {
    problems.push(
      `${source.name}: tenants is ${quote(entries)}; write a list such as {"tenants": [{"id": "school", …}]}.`,
    );
    return [];
  }
  const folder = source.path === null ? '.' : dirname(source.path);
  const tenants = entries.flatMap((entry: unknown, index) => {
    const where = `${source.name}: tenants[${index}]`;
    if (isObject(entry)) return readTenant(entry, { ...context, folder, where });
    problems.push(`${where} is ${quote(entry)}; write an object such as {"id": "school", …}.`);
    return [];
  });
  checkAcross(tenants, source, problems);
  return tenants;
}

type Context = TenantPlace & Pick<TenantsContext, 'publicUrl'>;

/** One tenant, or none where something required is wrong. */
function readTenant(entry: Readonly<Record<string, unknown>>, context: Context): readonly TenantConfig[] {
  const { where, problems, publicUrl } = context;
  const {
    id,
    issuer,
    audiences,
    origins,
    maxLifetimeS,
    admission = 'claim',
    claims,
    keys,
    limits: given,
  } = readTable(entry, TENANT_OPTIONS, context);
  const limits = readTable(given ?? {}, TENANT_LIMIT_OPTIONS, { ...context, where: `${where}.limits` });
  for (const [index, origin] of (origins ?? []).entries()) {
    const problem = originProblem(origin);
    if (problem !== null) problems.push(`${where}.origins[${index}] is ${quote(origin)}; ${problem}.`);
  }
  const read = (keys ?? []).flatMap((key, index) => readKey(key, { ...context, where: `${where}.keys[${index}]` }));
  const kids = read.flatMap((key) => (key.kind !== 'jwks' && key.kid !== undefined ? [key.kid] : []));
  for (const kid of repeated(kids)) {
    problems.push(`${where}.keys has two keys with the kid ${quote(kid)}; give each its own.`);
  }
  checkPurposes(read, context);
  if (id === undefined || issuer === undefined || origins === undefined || maxLifetimeS === undefined) return [];
  const accepted = audiences === undefined ? [publicUrl] : audiences;
  // What is wrong among them is a problem already, and the server does not start.
  return [
    {
      id,
      issuer,
      audiences: accepted,
      origins,
      maxLifetimeS,
      admission: readAdmission(admission, context),
      claims: readClaims(claims ?? {}, { ...context, where: `${where}.claims` }),
      limits: limits as TenantLimits,
      keys: read,
    },
  ];
}

function readKey(entry: unknown, context: Context): readonly KeyConfig[] {
  const { where, problems } = context;
  const kind = isObject(entry) ? entry['kind'] : undefined;
  if (!isObject(entry) || !isKeyKind(kind)) {
    // The value is not quoted: it may hold a secret.
    problems.push(`${where}.kind is ${isObject(entry) ? quote(kind) : 'missing'}; write secret, pem or jwks.`);
    return [];
  }
  switch (kind) {
    case 'jwks': {
      const { url, algorithms } = readTable(entry, KEY_OPTIONS.jwks, context);
      return url === undefined || algorithms === undefined ? [] : [{ kind, url, algorithms }];
    }
    case 'secret': {
      const read = readTable(entry, KEY_OPTIONS.secret, context);
      const secret = readMaterial({ name: 'secret', inline: read.secret, file: read.secretFile }, context);
      const isLong = secret !== null && Buffer.byteLength(secret) >= MIN_SECRET_BYTES;
      const weak = isLong && context.production ? weakness(secret) : null;
      if (weak !== null) problems.push(`${where}: The secret ${weak}; ${HOW_TO_MAKE_A_SECRET}.`);
      if (secret === null || read.algorithm === undefined) return [];
      return usable({ kind, algorithm: read.algorithm, secret, ...kidOf(read.kid), ...purposeOf(read.for) }, context);
    }
    case 'pem': {
      const read = readTable(entry, KEY_OPTIONS.pem, context);
      const pem = readMaterial({ name: 'pem', inline: read.pem, file: read.pemFile }, context);
      if (pem === null || read.algorithm === undefined) return [];
      return usable({ kind, algorithm: read.algorithm, pem, ...kidOf(read.kid), ...purposeOf(read.for) }, context);
    }
  }
}

/** What the authenticator would refuse at its first token is refused at the start. */
function usable(key: Exclude<KeyConfig, { kind: 'jwks' }>, { where, problems }: Context): readonly KeyConfig[] {
  try {
    configuredKey(key);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    problems.push(`${where}: ${error.message}`);
  }
  return [key];
}

function parse(source: TenantsSource, problems: string[]): Readonly<Record<string, unknown>> | null {
  const fault = jsonFault(source.text);
  if (fault !== null) {
    const { line, column, why } = fault;
    problems.push(
      `${source.name} is not valid JSON at line ${line}, column ${column}: ${why}; write {"tenants": [...]}, without comments.`,
    );
    return null;
  }
  const document: unknown = JSON.parse(source.text);
  if (isObject(document)) return document;
  problems.push(`${source.name} is no JSON object; write {"tenants": [...]}.`);
  return null;
}

/** A key for the back end that people had too would make a back end of each of them. */
function checkPurposes(keys: readonly KeyConfig[], { where, problems }: Context): void {
  const forService = keys.filter((key) => key.kind !== 'jwks' && key.for === 'service');
  if (forService.length === 0) return;
  const others = keys.filter((key) => !forService.includes(key));
  if (others.length === 0)
    problems.push(
      `${where}.keys are all for the service, so nobody could come in; write a key for people beside them.`,
    );
  if (others.some((key) => forService.some((one) => isSameKey(one, key))))
    problems.push(`${where}.keys has one key for the service and for people; give each its own.`);
}

/** One key has several spellings as PEM. */
function isSameKey(one: KeyConfig, other: KeyConfig): boolean {
  if (one.kind === 'jwks' || other.kind === 'jwks' || one.kind !== other.kind) return false;
  try {
    return configuredKey(one).key.equals(configuredKey(other).key);
  } catch {
    // One that cannot be read is a problem already.
    return false;
  }
}

/** What an origin should have been; null: it is one (RFC 6454 §6.2). */
function originProblem(origin: string): string | null {
  if (origin.includes('*')) return 'write each origin out, without wildcards';
  const url = URL.canParse(origin) ? new URL(origin) : null;
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    return 'write an origin such as https://lms.school.example';
  }
  return url.origin === origin ? null : `write ${quote(url.origin)}`;
}

/** What is right in each tenant and wrong between them. */
function checkAcross(tenants: readonly TenantConfig[], { name }: TenantsSource, problems: string[]): void {
  for (const id of repeated(tenants.map((tenant) => tenant.id))) {
    problems.push(`${name} has two tenants with the id ${quote(id)}; give each its own.`);
  }
  for (const issuer of repeated(tenants.flatMap((tenant) => tenant.issuer ?? []))) {
    problems.push(`${name} has two tenants with the issuer ${quote(issuer)}; give each its own.`);
  }
  const holders = new Map<string, string>();
  for (const tenant of tenants) {
    for (const key of tenant.keys) {
      if (key.kind !== 'secret') continue;
      const other = holders.get(key.secret) ?? tenant.id;
      if (other !== tenant.id) {
        problems.push(
          `${name}: the tenants ${other} and ${tenant.id} have the same secret, so each could sign for the other; give each its own.`,
        );
      }
      holders.set(key.secret, other);
    }
  }
}

function repeated(values: readonly string[]): ReadonlySet<string> {
  return new Set(values.filter((value, index) => values.indexOf(value) !== index));
}

function kidOf(kid: string | undefined): { readonly kid?: string } {
  return kid === undefined ? {} : { kid };
}

function purposeOf(purpose: 'people' | 'service' | undefined): { readonly for?: 'service' } {
  return purpose === 'service' ? { for: purpose } : {};
}

function isKeyKind(value: unknown): value is KeyKind {
  return typeof value === 'string' && Object.hasOwn(KEY_OPTIONS, value);
}
