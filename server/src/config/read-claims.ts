import type { ClaimMap, RoleMap, RoomMap } from '../auth/claim-map.js';
import { PRESETS } from '../auth/claim-presets.js';
import { CLAIM_OPTIONS, ROLE_OPTIONS, ROOM_OPTIONS } from './claim-options.js';
import { readTable } from './read-table.js';

/** Where the preset reads none and somebody wrote a template alone. */
const OWN_ROOM: RoomMap = { from: ['room'], template: null };

interface Where {
  readonly where: string;
  readonly problems: string[];
}

/** The claim map of a tenant: the preset, with what is written beside it. */
export function readClaims(given: Readonly<Record<string, unknown>>, context: Where): ClaimMap {
  const written = readTable(given, CLAIM_OPTIONS, context);
  const { preset = 'lms-live', namespace, role, room, require } = written;
  const { map, needsNamespace } = PRESETS[preset];
  if (needsNamespace === true && namespace === undefined && given['namespace'] === undefined) {
    context.problems.push(
      `${context.where}.namespace is missing, which the preset ${preset} needs; write ${CLAIM_OPTIONS.namespace.write}.`,
    );
  }
  if (needsNamespace !== true && namespace !== undefined) {
    context.problems.push(`${context.where}.namespace is not used by the preset ${preset}; remove it.`);
  }
  const base = map(namespace ?? '');
  const { person, name, picture, locale, grants } = written;
  return {
    person: person ?? base.person,
    name: name ?? base.name,
    picture: picture === undefined ? base.picture : picture,
    locale: locale === undefined ? base.locale : locale,
    grants: grants === undefined ? base.grants : grants,
    role: role === undefined ? base.role : readRole(role, base.role, context),
    room: room === undefined ? base.room : room === null ? null : readRoom(room, base.room, context),
    require:
      require === undefined ? base.require : Object.entries(require).map(([claim, values]) => ({ claim, values })),
  };
}

function readRole(given: Readonly<Record<string, unknown>>, base: RoleMap, { where, problems }: Where): RoleMap {
  const written = readTable(given, ROLE_OPTIONS, { where: `${where}.role`, problems });
  return {
    from: written.from ?? base.from,
    values: written.values ?? base.values.filter(([, role]) => role !== 'service'),
    isList: true,
    default: written.default === undefined ? base.default : written.default,
  };
}

function readRoom(given: Readonly<Record<string, unknown>>, base: RoomMap | null, { where, problems }: Where): RoomMap {
  const written = readTable(given, ROOM_OPTIONS, { where: `${where}.room`, problems });
  const { from, template } = base ?? OWN_ROOM;
  return {
    from: written.from ?? from,
    // The template of a preset is for the claim of the preset.
    template: written.template !== undefined ? written.template : written.from === undefined ? template : null,
  };
}
