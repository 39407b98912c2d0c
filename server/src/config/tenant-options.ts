/** Every key of the tenants file: the reference is generated from these tables. */
import * as v from 'valibot';
import { LIMITS } from '@lms-live/protocol';
import { httpAddress, option, textAs, type OptionRow } from './options.js';
import { admissionOption } from './read-admission.js';
import type { TenantLimits } from './types.js';

const SECONDS_PER_DAY = 86_400;
const MAX_LIFETIME_DAYS = 31;
const MAX_ISSUER_CHARS = 2_048;

const ASYMMETRIC = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const;

const filePath = v.pipe(v.string(), v.minLength(1));
const name = v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_ISSUER_CHARS));

export const TENANT_OPTIONS = {
  id: option({
    unit: 'text',
    defaultText: 'required',
    reason:
      'Names the tenant in the `tenant` attribute, in URLs and in the log. Rooms belong to it: do not change it later.',
    write: '1 to 64 lower-case letters, digits and hyphens',
    schema: v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9-]{0,63}$/)),
  }),
  issuer: option<string | null>({
    unit: 'text or `null`',
    defaultText: 'required',
    reason:
      'The `iss` of its tokens, which picks the tenant. `null`: its tokens have none, and the page names the tenant.',
    write: 'the exact iss of its tokens, or null where they have none',
    schema: v.nullable(name),
  }),
  audiences: option<readonly string[] | null>({
    unit: 'list of texts, or `null`',
    isOptional: true,
    defaultText: '`LMS_LIVE_PUBLIC_URL`',
    reason:
      'What the `aud` of a token may be, so that a token for another service does not open a class. `null`: its tokens have none.',
    write: 'a list such as ["https://live.school.example"], or null where its tokens have no aud',
    schema: v.nullable(v.pipe(v.array(name), v.minLength(1))),
  }),
  origins: option({
    unit: 'list of origins',
    defaultText: 'required',
    reason: 'Pages of other origins may not connect, so that a foreign page cannot use a person’s token.',
    write: 'a list of exact origins such as ["https://lms.school.example"], without paths and wildcards',
    schema: v.pipe(v.array(v.string()), v.minLength(1)),
  }),
  maxLifetimeS: option({
    unit: 'seconds',
    fallback: SECONDS_PER_DAY,
    defaultText: `${SECONDS_PER_DAY} (a day)`,
    reason: 'The longest `exp - iat`: a token that leaks works as long. Raise it only for an LMS that cannot refresh.',
    write: `a whole number of seconds from 60 to ${MAX_LIFETIME_DAYS * SECONDS_PER_DAY}`,
    schema: v.pipe(v.number(), v.integer(), v.minValue(60), v.maxValue(MAX_LIFETIME_DAYS * SECONDS_PER_DAY)),
  }),
  admission: admissionOption,
  claims: option<Readonly<Record<string, unknown>>>({
    unit: 'object',
    fallback: {},
    defaultText: 'tokens made for this server',
    reason: 'Where the tokens that this LMS issues already say who somebody is, and what its words for roles mean.',
    write: 'an object such as {"preset": "keycloak"}',
    schema: v.record(v.string(), v.unknown()),
  }),
  limits: option<Readonly<Record<string, unknown>>>({
    unit: 'object',
    fallback: {},
    defaultText: 'the defaults below',
    reason: 'What this LMS may take of the server, so that one school’s exam does not slow down another’s class.',
    write: 'an object such as {"tenantCommandsPerSecond": 4000}',
    schema: v.record(v.string(), v.unknown()),
  }),
  keys: option<readonly unknown[]>({
    unit: 'list of keys',
    defaultText: 'required',
    reason: 'Any of them may have signed a token. Two at a time let you change keys without an interruption.',
    write: 'a list with at least one key, such as [{"kind": "secret", "secretFile": "school.secret"}]',
    schema: v.pipe(v.array(v.unknown()), v.minLength(1)),
  }),
} as const;

/** Of a tenant that names none. */
export const DEFAULT_TENANT_LIMITS: TenantLimits = {
  maxConnectionsPerTenant: LIMITS.maxConnectionsPerTenant,
  roomCommandsPerSecond: LIMITS.roomCommandsPerSecond,
  roomCommandBurst: LIMITS.roomCommandBurst,
  roomSignalsPerSecond: LIMITS.roomSignalsPerSecond,
  roomSignalBurst: LIMITS.roomSignalBurst,
  tenantCommandsPerSecond: LIMITS.tenantCommandsPerSecond,
  tenantCommandBurst: LIMITS.tenantCommandBurst,
};

const MAX_RATE = 1_000_000;

/** `unit` is what is counted. */
function limit(name: keyof TenantLimits, unit: string, reason: string): OptionRow<number> {
  return option({
    unit,
    fallback: DEFAULT_TENANT_LIMITS[name],
    defaultText: String(DEFAULT_TENANT_LIMITS[name]),
    reason,
    write: `a whole number from 1 to ${MAX_RATE}`,
    schema: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_RATE)),
  });
}

/** The names are those of the limits of the protocol, of which these are the ones that an operator may change for a tenant. */
export const TENANT_LIMIT_OPTIONS: { readonly [K in keyof TenantLimits]: OptionRow<number> } = {
  maxConnectionsPerTenant: limit(
    'maxConnectionsPerTenant',
    'sockets',
    'Open at once. One more is refused as `busy`, and tries again.',
  ),
  roomCommandsPerSecond: limit(
    'roomCommandsPerSecond',
    'commands of one room in a second',
    'Messages, votes, hands of everyone but the staff, who can always quieten a class. Above it they are refused as `rate_limited`, and sent again by themselves.',
  ),
  roomCommandBurst: limit(
    'roomCommandBurst',
    'commands',
    'How many of them may come at once, when a teacher asks something.',
  ),
  roomSignalsPerSecond: limit(
    'roomSignalsPerSecond',
    'signals of one room in a second',
    'Typing and reactions, each of which goes to everyone. Above it they are dropped and counted.',
  ),
  roomSignalBurst: limit('roomSignalBurst', 'signals', 'How many of them may come at once, when a class applauds.'),
  tenantCommandsPerSecond: limit(
    'tenantCommandsPerSecond',
    'commands in a second',
    'Of all rooms together, their staff included.',
  ),
  tenantCommandBurst: limit('tenantCommandBurst', 'commands', 'How many of them may come at once.'),
};

const kid = option({
  unit: 'text',
  isOptional: true,
  defaultText: 'none',
  reason: 'A token with a `kid` is checked by the keys of that name and by those without one.',
  write: '1 to 128 characters',
  schema: v.pipe(v.string(), v.minLength(1), v.maxLength(128)),
});

const purpose = option<'people' | 'service'>({
  unit: '`people` or `service`',
  fallback: 'people',
  defaultText: '`people`',
  reason:
    '`service`: signs for your back end alone, with the claims of [Tokens](/tokens) and `"role": "service"`, whatever the tokens of people look like; then no other key makes a service.',
  write: 'people or service',
  schema: v.picklist(['people', 'service']),
});

export const KEY_OPTIONS = {
  secret: {
    kind: option({
      unit: 'word',
      defaultText: 'required',
      reason: 'A secret that both sides know (HS256).',
      write: 'secret',
      schema: v.literal('secret'),
    }),
    algorithm: option<'HS256'>({
      unit: 'word',
      fallback: 'HS256',
      defaultText: '`HS256`',
      reason: 'The only one for secrets.',
      write: 'HS256',
      schema: v.literal('HS256'),
    }),
    secret: option({
      unit: 'text of 32 bytes or more',
      isOptional: true,
      isSecret: true,
      defaultText: 'this or `secretFile`',
      reason:
        'Used as its UTF-8 bytes, exactly as the LMS signs with it. Derive it for this use: never the framework’s own secret.',
      write: '32 or more random bytes as text, as `openssl rand -base64 48` makes them',
      schema: v.pipe(v.string(), v.minLength(1)),
    }),
    secretFile: option({
      unit: 'path, relative to the tenants file',
      isOptional: true,
      defaultText: 'this or `secret`',
      reason: 'Keeps the secret out of the tenants file. A line break at its end is not part of it.',
      write: 'the path of a file with the secret',
      schema: filePath,
    }),
    kid,
    for: purpose,
  },
  pem: {
    kind: option({
      unit: 'word',
      defaultText: 'required',
      reason: 'A public key; the private one stays in the LMS.',
      write: 'pem',
      schema: v.literal('pem'),
    }),
    algorithm: option({
      unit: '`RS256`, `PS256`, `ES256` or `EdDSA`',
      defaultText: 'required',
      reason: 'Fixed for the key, so that a token cannot choose how it is checked.',
      write: 'RS256, PS256, ES256 or EdDSA',
      schema: v.picklist(ASYMMETRIC),
    }),
    pem: option({
      unit: 'PEM',
      isOptional: true,
      isSecret: true,
      defaultText: 'this or `pemFile`',
      reason: 'The key as text.',
      write: 'a public key from -----BEGIN to -----END',
      schema: v.pipe(v.string(), v.minLength(1)),
    }),
    pemFile: option({
      unit: 'path, relative to the tenants file',
      isOptional: true,
      defaultText: 'this or `pem`',
      reason: 'The key as a file.',
      write: 'the path of a file with the public key',
      schema: filePath,
    }),
    kid,
    for: purpose,
  },
  jwks: {
    kind: option({
      unit: 'word',
      defaultText: 'required',
      reason: 'Keys that the LMS or its sign-in service publishes and rotates.',
      write: 'jwks',
      schema: v.literal('jwks'),
    }),
    algorithms: option<readonly (typeof ASYMMETRIC)[number][]>({
      unit: 'list of `RS256`, `PS256`, `ES256`, `EdDSA`',
      fallback: ASYMMETRIC,
      defaultText: 'all four',
      reason: 'What its keys may be used with. Name only those that the service signs with.',
      write: 'a list of RS256, PS256, ES256 and EdDSA',
      schema: v.pipe(v.array(v.picklist(ASYMMETRIC)), v.minLength(1)),
    }),
    url: option({
      unit: 'URL',
      defaultText: 'required',
      reason: 'Whoever can change what it answers can make tokens, so it is https except on this machine.',
      write: 'an https address such as https://lms.school.example/jwks.json, without a user or fragment',
      schema: textAs(jwksUrl),
    }),
  },
} as const;

export type KeyKind = keyof typeof KEY_OPTIONS;

function jwksUrl(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  const { search = '' } = url ?? {};
  const withoutQuery = search === '' ? text : text.replace(search, '');
  return httpAddress(withoutQuery, false) === null ? null : text;
}
