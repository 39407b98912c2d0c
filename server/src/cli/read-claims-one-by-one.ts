import { type ClaimMap, type ClaimPath, pathText, valueAt } from '../auth/claim-map.js';
import { checkAudience, checkPurpose, readGrants, readPerson } from '../auth/claims.js';
import { SERVICE_CLAIMS } from '../auth/claim-presets.js';
import { readLocale, readName, readPicture } from '../auth/read-profile.js';
import { readRole, wordRole } from '../auth/read-role.js';
import { readRooms } from '../auth/read-rooms.js';
import type { JsonObject } from '../auth/strict-json.js';
import { AuthError, type Tenant } from '../auth/types.js';
import { printable } from './printable.js';
import type { ClaimFinding } from './token-report.js';

export interface ClaimReading extends ClaimFinding {
  readonly error: AuthError | null;
}

interface Step {
  readonly what: ClaimFinding['what'];
  readonly paths: readonly ClaimPath[];
  readonly read: () => string | null;
}

/** What each claim of a payload becomes, each whether or not the others can be read. */
export function readClaimsOneByOne(payload: JsonObject, tenant: Tenant): readonly ClaimReading[] {
  return stepsOf(payload, tenant).map(({ what, paths, read }) => {
    const from = paths.map(pathText).join(' + ');
    const found = paths.map((path) => printable(valueAt(payload, path))).join(' + ');
    try {
      return { what, from, found, became: read(), error: null };
    } catch (error) {
      if (!(error instanceof AuthError)) throw error;
      return { what, from, found, became: null, error };
    }
  });
}

function stepsOf(payload: JsonObject, tenant: Tenant): readonly Step[] {
  const { claims: map, admission } = tenant;
  return [
    {
      what: 'audience',
      paths: [['aud']],
      read: () => {
        checkAudience(payload, tenant.audiences);
        return tenant.audiences === null ? 'none, as the tenant is set to' : 'names this server';
      },
    },
    ...map.require.map((required): Step => ({
      what: 'purpose',
      paths: [[required.claim]],
      read: () => {
        checkPurpose(payload, required);
        return map === SERVICE_CLAIMS ? 'a token of the back end' : 'a token for people who connect';
      },
    })),
    { what: 'person', paths: [map.person], read: () => printable(readPerson(payload, map.person)) },
    {
      what: 'role',
      paths: [map.role.from],
      read: () => {
        const role = readRole(payload, map.role, admission.by);
        return `${role}${whyThisRole(payload, map)}`;
      },
    },
    {
      what: 'room',
      paths: map.room === null ? [] : [map.room.from],
      read: () => {
        const { exact, prefixes } = readRooms(payload, map.room);
        const rooms = [...exact, ...prefixes.map((prefix) => `${prefix}*`)];
        if (rooms.length > 0) return rooms.join(', ');
        if (wordRole(valueAt(payload, map.role.from), map.role) === 'service') return 'none: all of the tenant';
        return admission.by === 'claim' ? 'none: only public rooms' : `none: the ${admission.by} says`;
      },
    },
    { what: 'name', paths: map.name.flat(), read: () => printable(readName(payload, map.name)) },
    ...optional('picture', map.picture, (path) => readPicture(payload, path)),
    ...optional('locale', map.locale, (path) => readLocale(payload, path)),
    ...optional('grants', map.grants, (path) => {
      const grants = readGrants(payload, path);
      return Object.keys(grants).length === 0 ? null : printable(grants);
    }),
  ];

  function optional(
    what: ClaimFinding['what'],
    path: ClaimPath | null,
    read: (path: ClaimPath) => string | null,
  ): Step[] {
    if (path === null || valueAt(payload, path) === undefined) return [];
    return [{ what, paths: [path], read: () => read(path) ?? 'left out: it cannot be used' }];
  }
}

/** A student by default is a surprise to a teacher. */
function whyThisRole(payload: JsonObject, { role }: ClaimMap): string {
  const value = valueAt(payload, role.from);
  if (value === undefined || value === null) return ' (the token has no such claim)';
  return wordRole(value, role) !== null
    ? ''
    : ` (no word of the map is in it: ${role.values.map(([word]) => word).join(', ')})`;
}
