import { isStaff, type MeView, type Question, type StaffView } from '@lms-live/protocol';
import { json, type RoomCall, type RoomRoute } from '../types.js';
import { viewOf } from './rooms.js';

/** `GET …/questions`: public ones, one's own that wait, and for staff the queue. */
export const list: RoomRoute = async ({ live, actor }) => {
  const { questions } = await viewOf(live);
  const items = new Map<string, Question>();
  if (actor.participant !== null) {
    const me = (await live.room.snapshot('me', actor.participant).at(live.room.head('me', actor.participant)))
      .view as MeView;
    for (const question of waiting(me)) items.set(question.id, question);
  }
  if (isStaff(actor.grants)) {
    const staff = (await live.room.snapshot('staff').at(live.room.head('staff'))).view as StaffView;
    for (const question of waiting(staff)) items.set(question.id, question);
  }
  for (const question of questions.values()) items.set(question.id, question);
  return json(200, { items: [...items.values()].sort((a, b) => a.askedAt - b.askedAt), next: null });
};

export const post: RoomRoute = async (call) => {
  const { positions, result } = await call.api.run(call, 'question.ask', call.json() ?? {});
  return json(201, { ...result, positions });
};

export const vote: RoomRoute = (call) => setVote(call, true);
export const unvote: RoomRoute = (call) => setVote(call, false);

/** `PUT …/answer`: answers in writing; again, it replaces the answer. */
export const answer: RoomRoute = async (call) => {
  const body = call.json();
  const { positions } = await call.api.run(call, 'question.answer', {
    ...(typeof body === 'object' ? body : {}),
    id: call.params['qid'],
  });
  return json(200, { id: call.params['qid'], positions });
};

async function setVote(call: RoomCall, value: boolean): ReturnType<RoomRoute> {
  const question = call.params['qid'] ?? '';
  await call.api.run(call, 'vote.set', { question, value });
  return json(200, { id: question, votes: call.live.room.votesFor(question) });
}

function waiting({ questions }: Pick<MeView, 'questions'>): Question[] {
  return [...questions.values()].filter(({ state }) => state === 'pending' || state === 'declined');
}
