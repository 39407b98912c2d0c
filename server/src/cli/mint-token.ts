import { createHmac, randomUUID } from 'node:crypto';
import { ROLES, type Role } from '@lms-live/protocol';
import { tenantFrom } from '../auth/authenticator.js';
import { type ClaimMap, type ClaimPath, ROOM_PLACE, type RoomMap, pathText } from '../auth/claim-map.js';
import { SERVICE_CLAIMS } from '../auth/claim-presets.js';
import type { KeyConfig, TenantConfig } from '../config/types.js';

export interface MintWishes {
  readonly sub: string;
  readonly role: string;
  readonly room?: string | undefined;
  readonly name?: string | undefined;
  readonly minutes: number;
}

/** A token cannot be made; the message says why. */
export class MintError extends Error {
  override readonly name = 'MintError';
}

type Payload = Record<string, unknown>;

/**
 * A token as the LMS of this tenant would make it, with its claims and its words, signed by the newest secret in the configuration.
 *
 * @throws {MintError} where the tenant has no secret, or its tokens cannot say this
 */
export function mintToken(
  config: TenantConfig,
  { wishes, publicUrl, nowMs }: { readonly wishes: MintWishes; readonly publicUrl: string; readonly nowMs: number },
): string {
  const hasServiceKey = config.keys.some((one) => isForService(one));
  const isService = wishes.role === 'service' && hasServiceKey;
  const key = config.keys.find((one) => one.kind === 'secret' && isForService(one) === isService);
  if (key?.kind !== 'secret') throw noSecret(config.id, isService);
  const tenant = tenantFrom(config, publicUrl);
  const seconds = wishes.minutes * 60;
  if (!(seconds >= 1 && seconds <= tenant.maxLifetimeS))
    throw new MintError(
      `--minutes is 1 to ${String(Math.floor(tenant.maxLifetimeS / 60))}, as \`maxLifetimeS\` of the tenant has it.`,
    );
  const nowS = Math.floor(nowMs / 1_000);
  const header = { alg: key.algorithm, typ: 'JWT', ...(key.kid === undefined ? {} : { kid: key.kid }) };
  const payload: Payload = {
    ...(tenant.issuer === null ? {} : { iss: tenant.issuer }),
    ...(tenant.audiences === null ? {} : { aud: tenant.audiences[0] }),
    iat: nowS,
    exp: nowS + Math.floor(seconds),
    jti: randomUUID(),
  };
  fill(payload, isService ? SERVICE_CLAIMS : tenant.claims, wishes);
  const signed = `${encode(header)}.${encode(payload)}`;
  return `${signed}.${createHmac('sha256', key.secret).update(signed).digest('base64url')}`;
}

function isForService(key: KeyConfig): boolean {
  return key.kind !== 'jwks' && key.for === 'service';
}

function noSecret(id: string, isService: boolean): MintError {
  const whose = isService ? 'for the service' : 'for people';
  return new MintError(
    `The tenant ${id} has no key of the kind secret ${whose}: only its LMS, which has the private key, can sign for it.`,
  );
}

function fill(payload: Payload, claims: ClaimMap, { sub, role, room, name }: MintWishes): void {
  const { person, role: roles, name: names, room: rooms, require } = claims;
  put(payload, person, sub);
  put(payload, roles.from, wordFor(role, roles.values));
  const [first] = names.filter((parts) => parts.length === 1).flat();
  if (name !== undefined && first) put(payload, first, name);
  if (room !== undefined) {
    if (rooms === null)
      throw new MintError('The tokens of this tenant name no room (`"room": null` in `claims`): leave --room out.');
    put(payload, rooms.from, claimFor(room, rooms));
  }
  for (const { claim, values } of require) payload[claim] = values[0];
}

function wordFor(role: string, values: readonly (readonly [string, Role])[]): string {
  const isRole = (ROLES as readonly string[]).includes(role);
  const word = values.find(([, is]) => is === role)?.[0];
  if (word !== undefined) return word;
  if (role === 'service')
    throw new MintError(
      'No word of this tenant means service. Give its back end a key of its own: {"kind": "secret", "for": "service", "secretFile": "service.secret"} in `keys`.',
    );
  const known = [...new Set(values.map(([, is]) => is))].join(', ');
  throw new MintError(
    isRole ? `No word of this tenant means ${role}; there are ${known}.` : `--role is one of ${known}.`,
  );
}

function claimFor(room: string, { from, template }: RoomMap): string {
  if (template === null) return room;
  const [before = '', after = ''] = template.split(ROOM_PLACE);
  const id = room.slice(before.length, room.length - after.length);
  if (id !== '' && template.replace(ROOM_PLACE, () => id) === room) return id;
  throw new MintError(`--room has to look like ${template}, as rooms are made from \`${pathText(from)}\`.`);
}

function put(payload: Payload, path: ClaimPath, value: unknown): void {
  let object = payload;
  for (const name of path.slice(0, -1)) {
    const inner = (object[name] ?? {}) as Payload;
    object[name] = inner;
    object = inner;
  }
  const last = path.at(-1);
  if (last !== undefined) object[last] = value;
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
