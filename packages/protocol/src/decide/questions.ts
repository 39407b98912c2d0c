import { LIMITS } from '../tables/limits.js';
import type { EventBody, EventType } from '../tables/events.js';
import { isStaff } from '../tables/rights.js';
import type { QuestionRule, Rules } from '../state/rules.js';
import { audit, cleanText, introduce, isBarred, requireGrant, requireRunning, requireUnchanged } from './common.js';
import {
  accept,
  NOTHING,
  refuse,
  toAll,
  toMe,
  toStaff,
  toStaffAndMe,
  type Actor,
  type Case,
  type DraftEvent,
  type Handler,
  type Refused,
} from './types.js';

/** Where a question stands: public ones in `all`, pending and declined ones with the staff and the asker. */
interface Found {
  readonly rule: QuestionRule;
  readonly isPublic: boolean;
  /** The asker, known to staff also where the question is anonymous. */
  readonly author: string | null;
}

const PUBLIC_TEXT: readonly EventType[] = ['question.asked', 'question.changed', 'question.answered'];

/** Asks everyone, or the staff first where questions are moderated; without a name only the staff learn whose it is. */
export const ask: Handler<'question.ask'> = ({ rules, body, cmid, actor, moment }) => {
  const { policy } = rules.all.room;
  const text = cleanText(body.text);
  const { participant } = actor;
  if (participant === null) return refuse('forbidden', { detail: { grant: 'question.ask' } });
  if (text === '') return refuse('text_empty');
  const refused = requireRunning({ rules, actor }) ?? requireMayAsk({ rules, actor, moment });
  if (refused) return refused;
  if (body.anonymous && !policy['questions.anonymous']) return refuse('anonymous_not_allowed');
  if (openQuestionsOf(rules, participant) >= LIMITS.maxOpenQuestionsPerPerson) return refuse('questions_full');

  const id = moment.newId();
  const isPending = policy['questions.moderated'] && !actor.grants.has('question.moderate');
  const by = body.anonymous ? null : participant;
  const asked = { id, text, askedAt: moment.now, ...(body.anonymous ? { alias: freshAlias(moment.newId()) } : {}) };
  const author = body.anonymous
    ? toStaffAndMe(participant, 'question.author', null, { question: id, participant, cmid })
    : [];
  const question = isPending
    ? toStaffAndMe(participant, 'question.asked', by, { ...asked, state: 'pending' })
    : [toAll('question.asked', by, { ...asked, state: 'open' })];
  // Being introduced to the class at the same moment would name an anonymous asker.
  const introduced = introduce({ rules, actor, ...(body.anonymous ? { only: 'staff' } : {}) });
  return accept([...introduced, ...author, ...question], { result: { id, state: isPending ? 'pending' : 'open' } });
};

/** One's own while it is pending or open; any with `question.moderate`. */
export const edit: Handler<'question.edit'> = ({ rules, body, actor, moment }) => {
  const text = cleanText(body.text);
  if (text === '') return refuse('text_empty');
  const found = find(rules, body.id);
  if (!found || !mayRead(found, actor)) return refuse('question_unknown');
  if (!actor.grants.has('question.moderate')) {
    if (!isAuthor(found, actor)) return refuse('forbidden', { detail: { grant: 'question.moderate' } });
    const refused = requireRunning({ rules, actor }) ?? requireMayAsk({ rules, actor, moment });
    if (refused) return refused;
    if (found.rule.state !== 'pending' && found.rule.state !== 'open')
      return refuse('question_state', { detail: { state: found.rule.state } });
    // What was published after moderation is not changed behind its back.
    if (found.isPublic && rules.all.room.policy['questions.moderated'])
      return refuse('question_state', { detail: { state: found.rule.state } });
  }
  if (moment.text === text) return NOTHING;
  return accept([
    ...change(found, byline(found, actor), { id: body.id, text }),
    trace('question.edit', { found, id: body.id, actor, moment }),
  ]);
};

/** Shows a question that waits, or was declined, to everyone, as it stands. */
export const publish: Handler<'question.publish'> = ({ rules, body, actor, moment }) => {
  const found = find(rules, body.id);
  if (!found) return refuse('question_unknown');
  if (found.isPublic || moment.text === null || moment.text === undefined)
    return refuse('question_state', { detail: { state: found.rule.state } });
  const { alias, labels, askedAt, by, handledBy } = found.rule;
  const asked = {
    id: body.id,
    text: moment.text,
    state: 'open' as const,
    askedAt,
    labels: [...labels],
    ...(alias === null ? {} : { alias }),
  };
  return accept([
    toAll('question.asked', by, asked),
    ...(handledBy === null ? [] : [toAll('question.changed', actor.participant, { id: body.id, handledBy })]),
    ...aside(found, actor.participant, { id: body.id, state: 'open' }),
    audit(actor, 'question.publish', { about: body.id }),
  ]);
};

/** Keeps a question that waits from the class; the asker is told. */
export const decline: Handler<'question.decline'> = ({ rules, body, actor }) => {
  const found = find(rules, body.id);
  if (!found) return refuse('question_unknown');
  if (found.isPublic) return refuse('question_state', { detail: { state: found.rule.state } });
  if (found.rule.state === 'declined') return NOTHING;
  const reason = cleanText(body.reason ?? '');
  return accept([
    ...aside(found, actor.participant, { id: body.id, state: 'declined', ...(reason === '' ? {} : { reason }) }),
    audit(actor, 'question.decline', { about: body.id }),
  ]);
};

/** The state of a public question, and labels and who is handling it of any. */
export const update: Handler<'question.change'> = ({ rules, body, actor }) => {
  const found = find(rules, body.id);
  if (!found) return refuse('question_unknown');
  if (!found.isPublic && body.state !== undefined)
    return refuse('question_state', { detail: { state: found.rule.state } });
  const { rule } = found;
  const labels = [...new Set(body.labels?.map(cleanText).filter((label) => label !== ''))];
  const handledBy = body.handling === true ? actor.participant : null;
  const changes = {
    ...(body.state === undefined || body.state === rule.state ? {} : { state: body.state }),
    ...(body.labels === undefined || labels.join('\n') === rule.labels.join('\n') ? {} : { labels }),
    ...(body.handling === undefined || handledBy === rule.handledBy ? {} : { handledBy }),
  };
  // The offset is of `all`; what only staff see is changed by its state.
  const refused = found.isPublic ? requireUnchanged(body.ifOffset, `question.${body.id}`, rule.changedAt) : null;
  if (refused) return refused;
  if (Object.keys(changes).length === 0) return NOTHING;
  return accept(change(found, actor.participant, { id: body.id, ...changes }));
};

/** Answers a public question in writing; a later answer takes the place of an earlier one. */
export const answer: Handler<'question.answer'> = ({ rules, body, actor }) => {
  const text = cleanText(body.text);
  if (text === '') return refuse('text_empty');
  const found = find(rules, body.id);
  if (!found) return refuse('question_unknown');
  if (!found.isPublic) return refuse('question_state', { detail: { state: found.rule.state } });
  return accept([...introduce({ rules, actor }), toAll('question.answered', actor.participant, { id: body.id, text })]);
};

/** One's own, or any with `question.moderate`. The text leaves every log but its trace for staff. */
export const remove: Handler<'question.remove'> = ({ rules, body, actor, moment }) => {
  const found = find(rules, body.id);
  if (!found || !mayRead(found, actor)) return refuse('question_unknown');
  const refused = isAuthor(found, actor) ? null : requireGrant(actor, 'question.moderate');
  if (refused) return refused;
  const gone = { id: body.id, state: 'removed' as const };
  const by = byline(found, actor);
  return accept(
    [
      ...(found.isPublic ? [toAll('question.changed', by, gone)] : []),
      // Who saw it while it waited may have missed that it was published: that event goes with the text.
      ...(rules.staff.questions.has(body.id) ? aside(found, by, gone) : []),
      trace('question.remove', { found, id: body.id, actor, moment }),
    ],
    { rows: [{ kind: 'wipe', refs: [body.id], types: PUBLIC_TEXT }] },
  );
};

/** One vote of each person for each question that is open. */
export const vote: Handler<'vote.set'> = ({ rules, body, actor }) => {
  const { participant } = actor;
  if (participant === null) return refuse('forbidden', { detail: { grant: 'vote' } });
  const refused = requireRunning({ rules, actor });
  if (refused) return refused;
  if (!rules.all.room.policy['questions.enabled']) return refuse('questions_disabled');
  const question = rules.all.questions.get(body.question);
  if (!question) return refuse('question_unknown');
  if (question.state !== 'open' && question.state !== 'answering')
    return refuse('question_state', { detail: { state: question.state } });
  if (rules.me.votes.has(body.question) === body.value) return NOTHING;
  return accept([toMe(participant, 'vote.set', participant, { question: body.question, value: body.value })], {
    rows: [{ kind: 'vote', question: body.question, participant, value: body.value }],
  });
};

function find(rules: Rules, id: string): Found | null {
  const rule = rules.all.questions.get(id) ?? rules.staff.questions.get(id);
  if (!rule) return null;
  return { rule, isPublic: rules.all.questions.has(id), author: rule.by ?? rules.staff.authors.get(id) ?? null };
}

function mayRead(found: Found, actor: Actor): boolean {
  return found.isPublic || isStaff(actor.grants) || isAuthor(found, actor);
}

function isAuthor({ author }: Found, { participant }: Actor): boolean {
  return author !== null && author === participant;
}

/** Whoever may not write in the chat does not write questions either. */
function requireMayAsk({ rules, actor, moment }: Pick<Case, 'rules' | 'actor' | 'moment'>): Refused | null {
  if (!rules.all.room.policy['questions.enabled']) return refuse('questions_disabled');
  const { participant } = actor;
  return participant !== null && isBarred(rules, participant, 'chat', moment.now) ? refuse('chat_muted') : null;
}

/** A change in the logs where the question is read. */
function change(found: Found, by: string | null, body: EventBody<'question.changed'>): DraftEvent[] {
  return found.isPublic ? [toAll('question.changed', by, body)] : aside(found, by, body);
}

/** A change that only the staff and the asker read. */
function aside({ author }: Found, by: string | null, body: EventBody<'question.changed'>): DraftEvent[] {
  return author === null ? [toStaff('question.changed', by, body)] : toStaffAndMe(author, 'question.changed', by, body);
}

/** Whoever asked without a name also edits and withdraws without it. */
function byline(found: Found, actor: Actor): string | null {
  return found.rule.by === null && isAuthor(found, actor) ? null : actor.participant;
}

/** The older text, for the staff: it is the asker's. */
function trace(
  action: 'question.edit' | 'question.remove',
  { found, id, actor, moment }: Pick<Case, 'actor' | 'moment'> & { found: Found; id: string },
): DraftEvent {
  const { text } = moment;
  return audit({ participant: byline(found, actor) }, action, { about: id, text, of: [found.author] });
}

function openQuestionsOf(rules: Rules, participant: string): number {
  let open = 0;
  for (const [id, { by, state }] of rules.all.questions.entries()) {
    if (state === 'open' && (by ?? rules.staff.authors.get(id)) === participant) open += 1;
  }
  for (const [id, { by, state }] of rules.staff.questions.entries()) {
    if (state === 'pending' && (by ?? rules.staff.authors.get(id)) === participant) open += 1;
  }
  return open;
}

/** Two anonymous questions of one person share nothing. Of its end: ids may begin with the time. */
function freshAlias(id: string): string {
  return id.slice(-6);
}
