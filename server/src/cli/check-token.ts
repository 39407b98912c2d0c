import { tenantFrom } from '../auth/authenticator.js';
import { type UnverifiedToken, readCompactJws } from '../auth/compact-jws.js';
import { SERVICE_CLAIMS } from '../auth/claim-presets.js';
import { valueAt } from '../auth/claim-map.js';
import { wordRole } from '../auth/read-role.js';
import { MAX_SECONDS, readTimes } from '../auth/read-times.js';
import { type JsonObject, member } from '../auth/strict-json.js';
import { indexTenants, tenantOf } from '../auth/tenant-of.js';
import { TenantKeys } from '../auth/tenant-keys.js';
import { AuthError, coverage, type RoomClaim, type Tenant } from '../auth/types.js';
import { readRooms } from '../auth/read-rooms.js';
import type { TenantConfig } from '../config/types.js';
import { findingOf, type MendContext } from './mend.js';
import { printable } from './printable.js';
import { readClaimsOneByOne } from './read-claims-one-by-one.js';
import { misreadingOf } from './secret-mistakes.js';
import type { Finding, TokenReport } from './token-report.js';

export interface CheckOptions {
  readonly tenants: readonly TenantConfig[];
  readonly publicUrl: string;
  readonly token: string;
  /** What the page would name. */
  readonly tenant?: string | undefined;
  /** A room that its holder wants to come into. */
  readonly room?: string | undefined;
  readonly now: () => number;
  readonly fetch?: typeof globalThis.fetch;
}

interface Entry {
  readonly tenant: Tenant;
  readonly config: TenantConfig;
}

/** Takes a token apart as the server does, and goes on where the server would stop, so that everything that is wrong is said at once. */
export async function checkToken(options: CheckOptions): Promise<TokenReport> {
  const { token, now, publicUrl } = options;
  const entries = options.tenants.map((config): Entry => ({ config, tenant: tenantFrom(config, publicUrl) }));
  const tenants = entries.map(({ tenant }) => tenant);
  const problems: Finding[] = [];
  const notes: string[] = [];
  const attempt = <T>(work: () => T, context: Omit<MendContext, 'tenants'>): T | null => {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof AuthError)) throw error;
      problems.push(findingOf(error, { ...context, tenants }));
      return null;
    }
  };
  const reportOf = (found: Partial<TokenReport>): TokenReport => ({
    accepted: problems.length === 0,
    header: null,
    tenant: null,
    key: null,
    times: { issuedAt: null, expiresAt: null, now: now() },
    claims: [],
    problems,
    notes,
    ...found,
  });

  const unverified = attempt(() => readCompactJws(token), { payload: null, tenant: null });
  if (unverified === null) return reportOf({});
  const { payload } = unverified;
  const header = { alg: textOf(unverified.algorithm), kid: unverified.kid };
  const entry = attempt(() => entryOf(unverified, entries, options.tenant), { payload, tenant: null });
  if (entry === null) return reportOf({ header });
  const { config } = entry;

  const key = await signerOf(unverified, config, options).catch((error: unknown) => {
    attempt(
      () => {
        throw error;
      },
      { payload, tenant: entry.tenant },
    );
    notes.push(...misreadings(unverified, config));
    return null;
  });
  // As its key is for: for the back end alone, or for people.
  const tenant = key?.isForService === true ? { ...entry.tenant, claims: SERVICE_CLAIMS } : entry.tenant;
  const context = { payload, tenant };
  const times = attempt(() => readTimes(payload, { maxLifetimeS: tenant.maxLifetimeS, nowMs: now() }), context);
  const readings = readClaimsOneByOne(payload, tenant);
  for (const { error } of readings) {
    if (error) problems.push(findingOf(error, { ...context, tenants }));
  }
  notes.push(...notesOn(tenant, unverified, options));
  return reportOf({
    accepted: problems.length === 0,
    header,
    tenant: {
      id: tenant.id,
      foundBy: member(payload, 'iss') !== undefined ? 'iss' : options.tenant === undefined ? 'only' : 'name',
      admission: tenant.admission.by,
    },
    key: key?.name ?? null,
    times: {
      issuedAt: times?.issuedAt ?? secondsAt(payload['iat']),
      expiresAt: times?.expiresAt ?? secondsAt(payload['exp']),
      now: now(),
    },
    claims: readings.map(({ error: _error, ...finding }) => finding),
  });
}

function entryOf({ payload }: UnverifiedToken, entries: readonly Entry[], name: string | undefined): Entry {
  const index = indexTenants(entries);
  const hinted = name === undefined ? null : (index.byId.get(name) ?? null);
  if (name !== undefined && hinted === null) throw new AuthError('tenant_unknown', 'No tenant has this id.');
  return tenantOf(payload, { entries: index, hinted });
}

interface Signer {
  readonly name: string;
  readonly isForService: boolean;
}

/** The key that signed the token, and how it is called. @throws {AuthError} */
async function signerOf(
  token: UnverifiedToken,
  config: TenantConfig,
  { now, fetch = globalThis.fetch }: CheckOptions,
): Promise<Signer> {
  const keys = new TenantKeys(config, { now, fetch, log: undefined });
  try {
    const { kid, isForService } = await keys.verify(token);
    const called = kid === null ? '' : `, kid ${kid}`;
    const forWhom = isForService ? ', for the service' : '';
    for (const [index, key] of config.keys.entries()) {
      const alone = new TenantKeys({ ...config, keys: [key] }, { now, fetch, log: undefined });
      const isIt =
        key.kind !== 'jwks' &&
        (await alone.verify(token).then(
          () => true,
          () => false,
        ));
      if (isIt) return { name: `keys[${String(index)}] (${key.kind}${called}${forWhom})`, isForService };
    }
    return { name: `a key of the JWKS URL${kid === null ? '' : ` with the kid ${kid}`}`, isForService };
  } finally {
    keys.close();
  }
}

function misreadings(token: UnverifiedToken, { keys }: TenantConfig): readonly string[] {
  return keys.flatMap((key, index) => {
    const what = key.kind === 'secret' ? misreadingOf(token, key.secret) : null;
    return what === null
      ? []
      : [
          `The signature holds with the secret of keys[${String(index)}] ${what}: one side reads it so. Both have to use the same bytes; this server uses the text as it stands.`,
        ];
  });
}

function notesOn(tenant: Tenant, { payload }: UnverifiedToken, { room }: CheckOptions): readonly string[] {
  const notes: string[] = [];
  const { admission } = tenant;
  const rooms = roomsOf(tenant, payload);
  const role = wordRole(valueAt(payload, tenant.claims.role.from), tenant.claims.role);
  if (role === 'service') return [...serviceNotes(rooms, room), ...withdrawalNotes(payload)];
  notes.push(...roleNotes(tenant, payload));
  if (admission.by === 'claim' && rooms !== null && rooms.exact.length + rooms.prefixes.length === 0)
    notes.push(
      'The token names no room and the tenant admits by the token (`"admission": "claim"`): it opens public rooms alone. Let the LMS write `room`, or set `admission` to `roster` or a hook.',
    );
  if (room !== undefined && rooms !== null && coverage(rooms, room) === null) {
    notes.push(
      admission.by === 'claim'
        ? `The token does not cover the room ${room}: its holder comes in only if the room is public, or they stand on its list.`
        : `Whether its holder may come into ${room} is for the ${admission.by} to say.`,
    );
  }
  return [...notes, ...withdrawalNotes(payload)];
}

/** A teacher who is a student wonders why, and nothing refuses them. */
function roleNotes({ claims: { role: map } }: Tenant, payload: JsonObject): readonly string[] {
  const value = valueAt(payload, map.from);
  if (value === undefined || value === null || wordRole(value, map) !== null) return [];
  return [
    `The tenant has no word for the role ${printable(value)}: its holder is a student, whoever they are in the LMS. Let the LMS write one of ${map.values.map(([word]) => word).join(', ')}, or say in \`claims.role.values\` of the tenant what its words mean.`,
  ];
}

function serviceNotes(rooms: RoomClaim | null, room: string | undefined): readonly string[] {
  const isForAll = rooms !== null && rooms.exact.length + rooms.prefixes.length === 0;
  return [
    'A service calls the HTTP API; it cannot come into a class.',
    ...(isForAll ? ['It names no room, so it is for all rooms of the tenant.'] : []),
    ...(room !== undefined && rooms !== null && !isForAll && coverage(rooms, room) === null
      ? [`It does not cover the room ${room}.`]
      : []),
  ];
}

function withdrawalNotes(payload: JsonObject): readonly string[] {
  return [
    ...(member(payload, 'iat') === undefined
      ? [
          'The token has no `iat`: where its person is revoked, it cannot be told from a newer one, and counts no more either.',
        ]
      : []),
    'Whether it was revoked is not looked at here: the running server knows.',
  ];
}

function roomsOf(tenant: Tenant, payload: UnverifiedToken['payload']): ReturnType<typeof readRooms> | null {
  try {
    return readRooms(payload, tenant.claims.room);
  } catch {
    return null;
  }
}

/** Text of the token without its quotes, for a terminal. */
function textOf(text: string): string {
  return printable(text).slice(1, -1);
}

function secondsAt(value: unknown): number | null {
  return typeof value === 'number' && value >= 0 && value <= MAX_SECONDS ? value * 1_000 : null;
}
