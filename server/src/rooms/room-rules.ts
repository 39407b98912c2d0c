import {
  applyAllRules,
  applyMeRules,
  applyStaffRules,
  EMPTY_ALL_RULES,
  EMPTY_ME_RULES,
  EMPTY_STAFF_RULES,
  IdMap,
  readRules,
  type AllRules,
  type LogEvent,
  type MeRules,
  type Rules,
  type StaffRules,
} from '@lms-live/protocol';

/** The rules of a whole room: the shared slices and each person's own. Frozen; every change is a new one. */
export interface RoomRules {
  readonly all: AllRules;
  readonly staff: StaffRules;
  readonly me: IdMap<MeRules>;
}

export const EMPTY_ROOM_RULES: RoomRules = { all: EMPTY_ALL_RULES, staff: EMPTY_STAFF_RULES, me: IdMap.empty() };

/** As `decide` takes them, with the actor's own slice. */
export function rulesFor(rules: RoomRules, participant: string | null): Rules {
  return {
    all: rules.all,
    staff: rules.staff,
    me: (participant === null ? undefined : rules.me.get(participant)) ?? EMPTY_ME_RULES,
  };
}

export function foldRules(rules: RoomRules, event: LogEvent, owner: string): RoomRules {
  switch (event.log) {
    case 'all':
      return { ...rules, all: applyAllRules(rules.all, event) };
    case 'staff':
      return { ...rules, staff: applyStaffRules(rules.staff, event) };
    case 'me': {
      const before = rules.me.get(owner) ?? EMPTY_ME_RULES;
      const after = applyMeRules(before, event);
      return after === before ? rules : { ...rules, me: rules.me.set(owner, after) };
    }
  }
}

/** The shared slices as a checkpoint; what is in `me` comes from the votes in the store. */
export function writeCheckpoint(rules: RoomRules): string {
  return JSON.stringify({ all: rules.all, staff: rules.staff });
}

export function readCheckpoint(text: string): Pick<RoomRules, 'all' | 'staff'> {
  const { all, staff } = JSON.parse(text) as { all: unknown; staff: unknown };
  return { all: readRules(EMPTY_ALL_RULES, all), staff: readRules(EMPTY_STAFF_RULES, staff) };
}
