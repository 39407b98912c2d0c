import { type RoomMap, ROOM_PLACE, pathText, valueAt } from './claim-map.js';
import type { JsonObject } from './strict-json.js';
import type { RoomClaim } from './types.js';
import { wrongClaim } from './wrong-claim.js';

const MAX_ROOMS = 50;
const ROOM_ID = /^[\w.~-]{1,128}$/;
const ROOM_PREFIX = /^[\w.~-]{0,127}\*$/;
const NONE: readonly string[] = Object.freeze([]);
const NO_ROOMS: RoomClaim = Object.freeze({ exact: NONE, prefixes: NONE });

/** The rooms that a token names. @throws {AuthError} `token_claims` */
export function readRooms(payload: JsonObject, map: RoomMap | null): RoomClaim {
  const value = map && valueAt(payload, map.from);
  if (map === null || value === undefined || value === null) return NO_ROOMS;
  const entries: readonly unknown[] = Array.isArray(value) ? value : [value];
  const claim = pathText(map.from);
  if (entries.length > MAX_ROOMS) throw wrongClaim(claim, `names more than ${MAX_ROOMS} rooms`);
  const exact = new Set<string>();
  const prefixes = new Set<string>();
  for (const entry of entries) {
    const name = nameOf(entry, map.template);
    if (name !== null && ROOM_ID.test(name)) exact.add(name);
    else if (name !== null && ROOM_PREFIX.test(name)) prefixes.add(name.slice(0, -1));
    else throw wrongClaim(claim, 'is not a room id of letters, digits and `_ . ~ -`, or a prefix that ends in `*`');
  }
  return Object.freeze({
    exact: Object.freeze([...exact]),
    prefixes: prefixes.size === 0 ? NONE : Object.freeze([...prefixes]),
  });
}

/** null: it is none. */
function nameOf(entry: unknown, template: string | null): string | null {
  if (template === null) return typeof entry === 'string' ? entry : null;
  const id = typeof entry === 'number' && Number.isSafeInteger(entry) ? String(entry) : entry;
  // A star in the claim would open more rooms than the operator wrote.
  return typeof id === 'string' && ROOM_ID.test(id) ? template.replace(ROOM_PLACE, () => id) : null;
}
