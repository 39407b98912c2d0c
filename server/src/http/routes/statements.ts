import type { Statement } from '../../storage/types.js';
import { HttpError, json, type RoomCall, type RoomRoute } from '../types.js';
import { staffViewOf, viewOf } from '../view.js';

/** `GET …/statements`: what was signed at each end of the class, and for the host who its participants are. */
export const list: RoomRoute = async (call) => {
  const statements = await statementsOf(call);
  return json(200, { items: statements, ...(await peopleOf(call)) });
};

/** `GET …/statements/{statement}`: one of them, or `latest`, as it was signed. */
export const get: RoomRoute = async (call) => {
  const statements = await statementsOf(call);
  const wanted = call.params['statement'];
  const found = wanted === 'latest' ? statements.at(-1) : statements.find(({ id }) => id === wanted);
  if (!found) throw new HttpError('statement_unknown');
  return { status: 200, headers: { 'content-type': 'application/jose' }, body: found.jws };
};

function statementsOf({ api, live }: RoomCall): Promise<readonly Statement[]> {
  return api.store.statements(live.room.key);
}

/** Beside what is signed, and not in it: a person who is erased is gone from here, and the signature holds. */
async function peopleOf({ api, live, identity }: RoomCall): Promise<{ readonly people?: readonly unknown[] }> {
  if (identity.role !== 'service') return {};
  const participants = await api.store.participants(live.room.key);
  const [{ people }, { names }] = await Promise.all([viewOf(live), staffViewOf(live)]);
  return {
    people: participants.map(({ participant, sub }) => ({
      participant,
      sub,
      name: sub === null ? null : (names.get(participant) ?? people.get(participant)?.name ?? null),
    })),
  };
}
