/** A room as requests write it and answers show it. */
import {
  COMMANDS,
  ENGINES,
  HELD_REASONS,
  LIMITS,
  ROOM_KINDS,
  ROOM_STATES,
  VISIBILITIES,
  type CommandInput,
  type RoomView,
} from '@lms-live/protocol';
import * as v from 'valibot';
import type { RosterEntry } from '../../storage/types.js';
import { count, id, sub, time } from './fields.js';

/** People who may manage one room. */
const MAX_OWNERS = 50;

/** A value for each setting, checked one by one where it is decided, so that a refusal names the setting. */
export const policyPatch = v.pipe(v.record(v.string(), v.unknown()), v.metadata({ ref: 'PolicyPatch' }));
export const policyValues = v.pipe(
  v.record(v.string(), v.union([v.string(), v.number(), v.boolean()])),
  v.metadata({ ref: 'PolicyValues' }),
);

export const rosterEntry = v.strictObject({
  sub,
  role: v.optional(v.nullable(v.picklist(['instructor', 'assistant', 'student', 'observer'])), null),
  name: v.optional(v.nullable(v.pipe(v.string(), v.maxLength(LIMITS.maxNameChars))), null),
});
export const roster = v.pipe(
  v.array(rosterEntry),
  v.maxLength(LIMITS.maxRosterPeople),
  v.check(
    (people) => new Set(people.map((person) => person.sub)).size === people.length,
    'each person once: a `sub` is there twice',
  ),
);

/** What a caller writes of a room; a key that is absent stays as it is. */
export interface RoomRequest extends Omit<CommandInput<'room.change'>, 'ifOffset'> {
  readonly owners?: readonly string[];
  readonly externalRef?: string | null;
  readonly password?: string | null;
  readonly roster?: readonly RosterEntry[] | null;
}

const { ifOffset: _ifOffset, ...settings } = (
  COMMANDS['room.change'].body as unknown as { readonly entries: v.ObjectEntries }
).entries;

/** What stands in no log, and is told to service and owners alone. */
const record = {
  owners: v.optional(v.pipe(v.array(sub), v.maxLength(MAX_OWNERS))),
  externalRef: v.optional(v.nullable(v.pipe(v.string(), v.minLength(1), v.maxLength(LIMITS.maxExternalRefChars)))),
  password: v.optional(v.nullable(v.pipe(v.string(), v.minLength(1), v.maxLength(LIMITS.maxPasswordChars)))),
  roster: v.optional(v.nullable(roster)),
};

const request = { ...settings, policy: v.optional(policyPatch), ...record };

export const roomChanges = v.strictObject(request) as unknown as v.GenericSchema<RoomRequest>;
export const roomToPut = v.strictObject({
  kind: v.optional(v.picklist(ROOM_KINDS)),
  ...request,
}) as unknown as v.GenericSchema<RoomRequest & { readonly kind?: RoomView['kind'] }>;
export const roomToPost = v.strictObject({
  id: v.optional(id),
  kind: v.optional(v.picklist(ROOM_KINDS)),
  ...request,
}) as unknown as v.GenericSchema<RoomRequest & { readonly id?: string; readonly kind?: RoomView['kind'] }>;

const listed = {
  id,
  kind: v.picklist(ROOM_KINDS),
  title: v.string(),
  visibility: v.picklist(VISIBILITIES),
  listed: v.boolean(),
  state: v.picklist(ROOM_STATES),
  startsAt: v.nullable(time),
  endsAt: v.nullable(time),
  createdAt: time,
  liveSince: v.nullable(time),
  hasPassword: v.boolean(),
};

const forOwners = {
  owners: v.optional(v.array(v.string())),
  externalRef: v.optional(v.nullable(v.string())),
  /** How many stand on the list of the host; null: it has given none. */
  expected: v.optional(v.nullable(count)),
};

export const room = v.strictObject({
  ...listed,
  description: v.string(),
  why: v.nullable(v.picklist(HELD_REASONS)),
  openMinutesBefore: count,
  heldMinutes: count,
  endedAt: v.nullable(time),
  engine: v.picklist(ENGINES),
  capacity: v.nullable(count),
  locked: v.boolean(),
  policy: policyValues,
  fixed: v.array(v.string()),
  ...forOwners,
});

export const roomInList = v.strictObject({ ...listed, ...forOwners });

export const status = v.strictObject({
  status: v.picklist(ROOM_STATES),
  startsAt: v.nullable(time),
  endsAt: v.nullable(time),
  viewers: count,
  serverTime: time,
});
