import type { RosterEntry } from '../../storage/types.js';
import { alone, requireManager } from '../record.js';
import { json, type RoomCall, type RoomRoute } from '../types.js';
import { staffViewOf, viewOf } from '../view.js';

/** `GET …/roster?missing=true`: who is expected, and who of them is here. */
export const get: RoomRoute<unknown, { readonly missing?: boolean | undefined }> = async (call) =>
  json(200, await rosterOf(call, call.query.missing));

/** `PUT …/roster`: the whole list, in place of the one before. */
export const put: RoomRoute<{ readonly people: readonly RosterEntry[] }> = (call) =>
  alone(call, call.live.room.id, async () => {
    requireManager(call);
    await call.live.setRoster(call.body.people);
    return json(200, await rosterOf(call, undefined));
  });

/** `DELETE …/roster`: there is no list any more; the token alone says who may come in. */
export const remove: RoomRoute = (call) =>
  alone(call, call.live.room.id, async () => {
    requireManager(call);
    await call.live.setRoster(null);
    return { status: 204 };
  });

async function rosterOf(call: RoomCall, missing: boolean | undefined): Promise<object> {
  const { api, live, identity } = call;
  const { key, row } = live.room;
  const [expected, known] = await Promise.all([api.store.roster(key), api.store.participants(key)]);
  const participants = new Map(known.map(({ sub, participant }) => [sub, participant]));
  const [{ people }, { names }] = await Promise.all([viewOf(live), staffViewOf(live)]);
  const everyone = expected.map(({ sub, role, name }) => {
    const participant = participants.get(sub) ?? null;
    const person = participant === null ? undefined : people.get(participant);
    const seenAs = participant === null ? undefined : (names.get(participant) ?? person?.name);
    return {
      ...(identity.role === 'service' ? { sub } : {}),
      participant,
      name: name ?? seenAs ?? null,
      role: role ?? person?.role ?? null,
      present: participant !== null && live.presence.has(participant),
    };
  });
  const present = everyone.filter((person) => person.present).length;
  return {
    total: row.expected,
    present,
    missing: everyone.length - present,
    items: missing === undefined ? everyone : everyone.filter((person) => person.present !== missing),
  };
}
