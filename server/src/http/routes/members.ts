import { isStaff, type Bar, type BarReason, type CommandInput, type Person } from '@lms-live/protocol';
import { runCommand } from '../run-command.js';
import { HttpError, json, type RoomCall, type RoomRoute } from '../types.js';
import { staffViewOf, viewOf } from '../view.js';

interface ListQuery {
  readonly present?: boolean | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

/** `GET …/people`: whom the class has seen, by id; who is present, and for staff the names behind aliases and the bars. */
export const list: RoomRoute<unknown, ListQuery> = async (call) => {
  const { live, query } = call;
  const show = await shower(call);
  const { people } = await viewOf(live);
  const items = [...people.values()]
    .filter(({ participant }) => query.after === undefined || participant > query.after)
    .filter(({ participant }) => query.present === undefined || live.presence.has(participant) === query.present)
    .sort((a, b) => (a.participant > b.participant ? 1 : -1));
  const page = items.slice(0, query.limit);
  return json(200, {
    present: live.presence.count,
    items: page.map(show),
    next: items.length > query.limit ? (page.at(-1)?.participant ?? null) : null,
  });
};

export const get: RoomRoute = async (call) => {
  const person = (await viewOf(call.live)).people.get(participantOf(call));
  if (!person) throw new HttpError('person_unknown');
  return json(200, (await shower(call))(person));
};

/** `GET …/hands`: raised ones, the first to be raised first. */
export const hands: RoomRoute = async ({ live }) => json(200, { items: (await viewOf(live)).hands });

/** `GET …/lobby`: who waits for an answer, the longest first. */
export const lobby: RoomRoute = async ({ live }) => {
  const { count, people } = JSON.parse(live.lobby.frame()) as { count: number; people: unknown[] };
  return json(200, { count, items: people });
};

export const admitAll: RoomRoute = async (call) => {
  const { result } = await runCommand(call, { type: 'person.admitAll', body: {} });
  return json(200, result);
};

export const admit: RoomRoute<{ readonly admitted: boolean }> = async (call) => {
  const participant = participantOf(call);
  return done(call, await runCommand(call, { type: 'person.admit', body: { participant, ...call.body } }));
};

export const setRole: RoomRoute<Omit<CommandInput<'person.role'>, 'participant'>> = async (call) => {
  const participant = participantOf(call);
  return done(call, await runCommand(call, { type: 'person.role', body: { participant, ...call.body } }));
};

export const setMedia: RoomRoute<Omit<CommandInput<'person.media'>, 'participant'>> = async (call) => {
  const participant = participantOf(call);
  return done(call, await runCommand(call, { type: 'person.media', body: { participant, ...call.body } }));
};

export const remove: RoomRoute = async (call) => {
  const participant = participantOf(call);
  return done(call, await runCommand(call, { type: 'person.remove', body: { participant } }));
};

export const erase: RoomRoute = async (call) => {
  const participant = participantOf(call);
  return done(call, await runCommand(call, { type: 'person.erase', body: { participant } }));
};

interface BarBody {
  readonly until?: number | null | undefined;
  readonly reason?: BarReason | undefined;
  readonly note?: string | undefined;
}

export const setBar: RoomRoute<BarBody> = (call) => bar(call, { ...call.body, barred: true });
export const liftBar: RoomRoute = (call) => bar(call, { barred: false });

async function bar(call: RoomCall, body: BarBody & { readonly barred: boolean }): ReturnType<RoomRoute> {
  const participant = participantOf(call);
  // The schema of the command knows the bars there are.
  const name = call.params['bar'] as Bar;
  return done(call, await runCommand(call, { type: 'person.bar', body: { ...body, participant, bar: name } }));
}

export const raiseHand: RoomRoute = async (call) =>
  done(call, await runCommand(call, { type: 'hand.raise', body: {} }));

export const lowerHand: RoomRoute = async (call) =>
  done(call, await runCommand(call, { type: 'hand.lower', body: {} }));

export const lowerHandOf: RoomRoute = async (call) => {
  const participant = participantOf(call);
  return done(call, await runCommand(call, { type: 'hand.lower', body: { participant } }));
};

function done(
  { params, actor }: RoomCall,
  { positions }: Awaited<ReturnType<typeof runCommand>>,
): Awaited<ReturnType<RoomRoute>> {
  return json(200, { participant: params['participant'] ?? actor.participant, positions });
}

function participantOf({ params }: RoomCall): string {
  return params['participant'] ?? '';
}

async function shower({ live, actor }: RoomCall): Promise<(person: Person) => object> {
  const raised = new Map((await viewOf(live)).hands.map(({ participant, at }) => [participant, at]));
  const shown = (person: Person): object => ({
    ...person,
    present: live.presence.has(person.participant),
    handAt: raised.get(person.participant) ?? null,
  });
  if (!isStaff(actor.grants)) return shown;
  const { names, bars } = await staffViewOf(live);
  return (person) => ({
    ...shown(person),
    realName: names.get(person.participant) ?? person.name,
    bars: bars.get(person.participant) ?? {},
  });
}
