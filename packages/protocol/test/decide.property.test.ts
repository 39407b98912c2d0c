import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  applyAllView,
  applyMeView,
  applyStaffView,
  COMMANDS,
  EMPTY_ALL,
  EMPTY_ALL_RULES,
  EMPTY_ME,
  EMPTY_STAFF,
  EMPTY_STAFF_RULES,
  EVENTS,
  isErrorCode,
  POLICY,
  readRules,
  type Actor,
  type AllView,
  type CommandType,
  type Grant,
  type MeView,
  type PolicyKey,
} from '../src/index.js';
import { canonicalJson } from '../src/testing/canonical.js';
import { SERVICE, toLogEvent, type Stored, type TestRoom } from '../src/testing/room.js';
import { runs } from '../src/testing/runs.js';
import { authorOf, histories, PEOPLE, play } from '../src/testing/steps.js';

const bodyOf = (event: Stored): Record<string, unknown> => JSON.parse(event.original) as Record<string, unknown>;
const allView = (room: TestRoom): AllView =>
  room
    .log('all')
    .map((event) => toLogEvent(event))
    .reduce(applyAllView, EMPTY_ALL);
const meView = (room: TestRoom, participant: string): MeView =>
  room
    .log('me', participant)
    .map((event) => toLogEvent(event))
    .reduce(applyMeView, EMPTY_ME);
const participants = PEOPLE.flatMap(({ participant }) => participant ?? []);

/** What the table and the rules of own things ask for, written once more and apart from `decide`. */
function neededGrants({
  type,
  body,
  isOwn,
}: {
  type: CommandType;
  body: Readonly<Record<string, unknown>>;
  isOwn: boolean;
}): readonly Grant[] {
  switch (type) {
    case 'room.change': {
      const { locked, policy = {}, ...record } = body;
      return [
        ...(Object.keys(record).length > 0 ? (['room.manage'] as const) : []),
        ...(locked === undefined ? [] : (['people.moderate'] as const)),
        ...Object.keys(policy as object).map((key) => POLICY[key as PolicyKey].grant),
      ];
    }
    case 'chat.delete':
      return isOwn ? [] : ['chat.moderate'];
    case 'question.edit':
    case 'question.remove':
      return isOwn ? [] : ['question.moderate'];
    case 'hand.lower':
      return isOwn ? [] : ['people.moderate'];
    default:
      return COMMANDS[type].grant === null ? [] : [COMMANDS[type].grant];
  }
}

function isOwn(room: TestRoom, { participant }: Actor, body: Readonly<Record<string, unknown>>): boolean {
  if (participant === null) return false;
  if (typeof body['id'] === 'string') return authorOf(room, body['id']) === participant;
  return (body['participant'] ?? participant) === participant;
}

describe('decide, over random histories', () => {
  it('lets nobody do what their grants do not allow, and refuses with a code of the table', () => {
    fc.assert(
      fc.property(histories(), (history) => {
        play(history, (room, { actor, command, body }) => {
          if (actor === null) return undefined;
          const type = command.type as CommandType;
          const own = isOwn(room, actor, body);
          return (decision) => {
            if (!decision.ok) {
              expect(isErrorCode(decision.code), decision.code).toBe(true);
              return;
            }
            if (decision.events.length + decision.rows.length === 0) return;
            const needed = neededGrants({ type, body, isOwn: own });
            expect([...actor.grants], type).toEqual(expect.arrayContaining([...needed]));
            // What was written is changed by its writer only.
            if (type === 'chat.edit') expect(own).toBe(true);
            // Nobody speaks for another; a question is published in the name of who asked it.
            for (const { by, type: kind } of decision.events)
              if (kind !== 'question.asked') expect([actor.participant, null]).toContain(by);
          };
        });
      }),
      runs(80),
    );
  });

  it('names in `all` nobody who asks, edits or withdraws without a name, or whose question is published', () => {
    const quiet: readonly string[] = ['question.ask', 'question.edit', 'question.remove', 'question.publish'];
    fc.assert(
      fc.property(histories(), (history) => {
        const room = play(history, (before, { actor, command, body }) => (decision) => {
          if (!decision.ok || actor?.participant === undefined || !quiet.includes(command.type)) return;
          const id = (body['id'] ?? decision.result['id']) as string;
          const author = anonymousAuthor(before, id);
          if (author === null || (command.type !== 'question.publish' && author !== actor.participant)) return;
          for (const event of decision.events.filter(({ log }) => log === 'all')) {
            // Staff who publish their own question say that they handle it, as with any other.
            if (event.type === 'question.changed' && command.type === 'question.publish') continue;
            expect(JSON.stringify(event), command.type).not.toContain(author);
          }
        });
        for (const event of room.log('all').filter(({ type }) => type === 'erased')) {
          const { questions, people } = bodyOf(event) as { questions: string[]; people: string[] };
          for (const id of questions) expect(people, id).not.toContain(anonymousAuthor(room, id));
        }
      }),
      runs(80),
    );
  });

  it('shows the real name of a student in no event of `all` where names are hidden, and no alias twice', () => {
    fc.assert(
      fc.property(histories(), (history) => {
        const room = play({
          ...history,
          changes: [],
          policy: { ...history.policy, 'names.hidden': true },
          steps: history.steps.filter(({ type }) => type !== 'person.role'),
        });
        const named = room
          .log('all')
          .filter(({ type }) => type === 'person.named')
          .map(bodyOf);
        for (const { name, picture } of PEOPLE.filter(({ role }) => role === 'student' || role === 'observer')) {
          expect(named.map((body) => body['name'])).not.toContain(name);
          if (picture !== undefined) expect(named.map((body) => body['picture'])).not.toContain(picture);
        }
        const owners = new Map<unknown, Set<unknown>>();
        for (const { name, participant } of named) owners.set(name, (owners.get(name) ?? new Set()).add(participant));
        for (const [name, having] of owners) expect([...having], String(name)).toHaveLength(1);
      }),
      runs(50),
    );
  });

  it('counts each person once for each question', () => {
    fc.assert(
      fc.property(histories(), (history) => {
        const room = play(history);
        for (const participant of participants)
          expect(canonicalJson(meView(room, participant).votes)).toBe(
            canonicalJson(room.rulesFor(participant).me.votes),
          );
        for (const [question, rows] of room.votes) {
          const voters = participants.filter((participant) => meView(room, participant).votes.has(question));
          expect([...rows].sort(), question).toEqual(voters.sort());
          room.system({ type: 'system.tally', question, votes: rows.size });
          expect(allView(room).questions.get(question)?.votes ?? rows.size).toBe(rows.size);
        }
      }),
      runs(50),
    );
  });

  it('leaves no word of a person who was erased in any log or view', () => {
    const words: readonly string[] = ['chat.post', 'chat.edit', 'question.ask', 'question.edit', 'question.answer'];
    fc.assert(
      fc.property(histories(), fc.constantFrom(...PEOPLE.slice(0, 5)), (history, person) => {
        const written: string[] = [];
        const room = play(history, (before, { actor, command, body, canary }) => {
          // An edit by staff is still the question of who asked it.
          const owner = command.type === 'question.edit' ? authorOf(before, body['id']) : actor?.participant;
          return (decision) => {
            if (decision.ok && words.includes(command.type) && owner === person.participant) written.push(canary);
          };
        });
        const gone = [...written, person.name, ...(person.picture === undefined ? [] : [person.picture])];
        room.run(SERVICE, 'person.erase', { participant: person.participant });
        const texts = [
          ...[...room.logs.values()].flat().map(({ body }) => body ?? ''),
          JSON.stringify([room.all, room.staff, allView(room), ...participants.map((one) => meView(room, one))]),
          JSON.stringify(
            room
              .log('staff')
              .map((event) => toLogEvent(event))
              .reduce(applyStaffView, EMPTY_STAFF),
          ),
        ].join('\n');
        for (const word of gone) expect(texts.includes(word), word).toBe(false);
        expect(room.forgotten).toContain(person.participant);
      }),
      runs(80),
    );
  });

  it('pins only what is there, hides what waits, and keeps a thread between the staff and one person', () => {
    fc.assert(
      fc.property(histories(), (history) => {
        const room = play(history);
        const view = allView(room);
        for (const id of view.pins) expect(view.messages.get(id), id).toBeDefined();
        expect(view.pins).toEqual(room.all.pins);
        for (const { state } of view.questions.values()) expect(['pending', 'declined']).not.toContain(state);
        const threads = new Map<unknown, unknown>();
        for (const event of [...room.log('all'), ...room.log('staff')].filter(({ type }) => type === 'chat.posted')) {
          const { id, thread, replyTo } = bodyOf(event);
          if (event.log === 'all') expect(thread).toBeUndefined();
          else expect(thread).toBeDefined();
          // A reply stands where what it replies to can be read.
          if (replyTo !== undefined) expect([undefined, thread]).toContain(threads.get(replyTo));
          threads.set(id, thread);
        }
        for (const participant of participants) {
          for (const { id, text } of meView(room, participant).messages)
            if (text !== null) expect(threads.get(id)).toBe(participant);
          for (const { state } of meView(room, participant).questions.values())
            expect(['pending', 'declined']).toContain(state);
        }
      }),
      runs(50),
    );
  });

  it('writes bodies that are read as they were written, in logs of their row, at offsets without gaps and times that never fall', () => {
    fc.assert(
      fc.property(histories(), (history) => {
        for (const log of play(history).logs.values()) {
          for (const [index, stored] of log.entries()) {
            expect(stored.offset).toBe(index + 1);
            expect(stored.at).toBeGreaterThanOrEqual(log[index - 1]?.at ?? 0);
            expect(EVENTS[stored.type].logs).toContain(stored.log);
            expect(toLogEvent(stored, stored.original).body, stored.type).toEqual(bodyOf(stored));
          }
        }
      }),
      runs(50),
    );
  });

  it('decides the same twice, and the same from a checkpoint', () => {
    fc.assert(
      fc.property(histories({ maxSteps: 40 }), (history) => {
        play(history, (room, { who, actor, command }) => {
          const rules = room.rulesFor(actor?.participant ?? null);
          const restored = {
            all: readRules(EMPTY_ALL_RULES, JSON.parse(JSON.stringify(rules.all))),
            staff: readRules(EMPTY_STAFF_RULES, JSON.parse(JSON.stringify(rules.staff))),
            me: rules.me,
          };
          const asked = room.ask(who, command);
          const again = room.ask(who, command, restored);
          return (decision) => {
            expect(canonicalJson(asked)).toBe(canonicalJson(decision));
            expect(canonicalJson(again)).toBe(canonicalJson(decision));
          };
        });
      }),
      runs(50),
    );
  });
});

/** Who asked a question without a name; null where it has one. */
function anonymousAuthor(room: TestRoom, id: string): string | null {
  const isAnonymous = room.log('staff').some(({ type, ref }) => type === 'question.author' && ref === id);
  return isAnonymous ? authorOf(room, id) : null;
}
