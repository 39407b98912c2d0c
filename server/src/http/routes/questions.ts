import {
  isStaff,
  type CommandInput,
  type CommandType,
  type MeView,
  type Question,
  type QuestionState,
} from '@lms-live/protocol';
import { runCommand } from '../run-command.js';
import { invalid, json, type RoomCall, type RoomRoute } from '../types.js';
import { ownViewOf, staffViewOf, viewOf } from '../view.js';

interface ListQuery {
  readonly state?: readonly QuestionState[] | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

/** `GET …/questions`: public ones, one's own that wait, and for staff the queue; the oldest first. */
export const list: RoomRoute<unknown, ListQuery> = async ({ live, actor, query: { state, after, limit } }) => {
  const { questions } = await viewOf(live);
  const found = new Map<string, Question>();
  if (actor.participant !== null)
    for (const question of waiting(await ownViewOf(live, actor.participant))) found.set(question.id, question);
  if (isStaff(actor.grants)) for (const question of waiting(await staffViewOf(live))) found.set(question.id, question);
  for (const question of questions.values()) found.set(question.id, question);
  const from = after === undefined ? null : readCursor(after);
  const items = [...found.values()]
    .filter((question) => (state?.includes(question.state) ?? true) && (from === null || isAfter(question, from)))
    .sort((a, b) => (isAfter(a, b) ? 1 : -1));
  const page = items.slice(0, limit);
  const last = page.at(-1);
  return json(200, { items: page, next: last && items.length > limit ? `${String(last.askedAt)}.${last.id}` : null });
};

export const post: RoomRoute<CommandInput<'question.ask'>> = async (call) => {
  const { positions, result } = await runCommand(call, { type: 'question.ask', body: call.body });
  return json(201, { ...result, positions });
};

/** A command about one question, whose body is the rest of it. */
export function about<T extends AboutOne>(type: T): RoomRoute<Omit<CommandInput<T>, 'id'> | null> {
  return async (call) => {
    const id = questionOf(call);
    // The schema of the row is the one of the command without its `id`.
    const { positions } = await runCommand(call, { type, body: { ...call.body, id } });
    return json(200, { id, positions });
  };
}

type AboutOne = Extract<CommandType, `question.${string}`> & Exclude<CommandType, 'question.ask'>;

export const vote: RoomRoute = (call) => setVote(call, true);
export const unvote: RoomRoute = (call) => setVote(call, false);

async function setVote(call: RoomCall, value: boolean): ReturnType<RoomRoute> {
  const question = questionOf(call);
  await runCommand(call, { type: 'vote.set', body: { question, value } });
  return json(200, { id: question, votes: call.live.room.votesFor(question) });
}

function questionOf({ params }: RoomCall): string {
  return params['qid'] ?? '';
}

function waiting({ questions }: Pick<MeView, 'questions'>): Question[] {
  return [...questions.values()].filter(({ state }) => state === 'pending' || state === 'declined');
}

type Place = Pick<Question, 'askedAt' | 'id'>;

function isAfter(a: Place, b: Place): boolean {
  return a.askedAt === b.askedAt ? a.id > b.id : a.askedAt > b.askedAt;
}

function readCursor(text: string): Place {
  const [, at = '', id = ''] = /^(\d{1,16})\.([\w.~-]{1,128})$/u.exec(text) ?? [];
  if (id === '') throw invalid('after', '`next` of the page before');
  return { askedAt: Number(at), id };
}
