import type { Loose } from '../../lib/frames.js';
import type { Stage } from '../../lib/stage.js';
import type { Part, Report } from '../cells.js';
import { told, type Entered } from '../people.js';
import { has, PEOPLE, type Person } from '../roles.js';

/** A class with these settings, and what each role is answered when it tries this. */
interface Rule {
  readonly policy: Loose;
  readonly type: string;
  readonly body: Loose;
  /** By role where it is not the same for all who have the grant. */
  readonly staff: string;
  readonly student: string;
  readonly observer: string;
}

const POST: Loose = { text: 'Hello' };
const TO_STAFF: Loose = { text: 'Hello', to: 'staff' };
const chat = (policy: Loose, body: Loose, staff: string, student: string): Rule => ({
  ...{ policy, body, staff, student },
  type: 'chat.post',
  observer: 'forbidden chat.post',
});
const question = (policy: Loose, body: Loose, result: string): Rule => ({
  ...{ policy, body, staff: result, student: result },
  type: 'question.ask',
  observer: 'forbidden question.ask',
});

/** What the settings forbid, and to whom. */
const RULES: readonly Rule[] = [
  chat({ 'chat.enabled': false }, POST, 'chat_disabled', 'chat_disabled'),
  chat({ 'chat.enabled': false }, TO_STAFF, 'chat_disabled', 'chat_disabled'),
  chat({ 'chat.mode': 'open' }, POST, 'ack', 'ack'),
  chat({ 'chat.mode': 'slow' }, POST, 'ack', 'ack'),
  chat({ 'chat.mode': 'frozen' }, POST, 'ack', 'chat_frozen'),
  chat({ 'chat.mode': 'frozen' }, TO_STAFF, 'ack', 'chat_frozen'),
  chat({ 'chat.mode': 'toStaff' }, POST, 'ack', 'chat_to_staff_only'),
  chat({ 'chat.mode': 'toStaff' }, TO_STAFF, 'ack', 'ack'),
  chat({ 'chat.mode': 'questionsOnly' }, POST, 'ack', 'chat_questions_only'),
  chat({ 'chat.mode': 'questionsOnly' }, TO_STAFF, 'ack', 'ack'),
  question({ 'questions.enabled': false }, { text: 'Why?' }, 'questions_disabled'),
  question({ 'questions.anonymous': false }, { text: 'Why?', anonymous: true }, 'anonymous_not_allowed'),
  question({ 'questions.anonymous': true }, { text: 'Why?', anonymous: true }, 'ack'),
  question({ 'questions.moderated': true }, { text: 'Why?' }, 'ack'),
  {
    policy: { 'hands.enabled': false },
    type: 'hand.raise',
    body: {},
    staff: 'hands_disabled',
    student: 'hands_disabled',
    observer: 'forbidden hand.raise',
  },
];

const SOURCES = ['audio', 'video', 'share'] as const;
const MEDIA_STUDENTS = ['none', 'audio', 'video'] as const;
const MEDIA_SHARE = ['staff', 'all'] as const;

/** What the settings of a room forbid, by role. */
export const POLICY_PART: Part = {
  name: 'policy',
  what: 'role × what a setting forbids: chat, questions, hands, reactions, media',
  scenes: [
    ...RULES.map((rule) => ({
      name: `${JSON.stringify(rule.policy)} ${rule.type} ${JSON.stringify(rule.body)}`,
      play: (stage: Stage, report: Report) => playRule(stage, rule, report),
    })),
    { name: 'chat.mode slow, twice', play: playSlow },
    { name: 'muted in the chat', play: playMuted },
    { name: 'reactions.enabled', play: playReactions },
    ...MEDIA_STUDENTS.flatMap((students) =>
      MEDIA_SHARE.map((share) => ({
        name: `media.students ${students}, media.share ${share}`,
        play: (stage: Stage, report: Report) => playMedia(stage, { students, share }, report),
      })),
    ),
  ],
};

async function playRule(stage: Stage, { policy, type, body, ...results }: Rule, report: Report): Promise<void> {
  const { teacher, crew } = await classOf(stage);
  await teacher.done('room.change', { policy });
  for (const [role, person] of crew) {
    const expected = role === 'student' || role === 'observer' ? results[role] : results.staff;
    report(role, expected, await told(person, type, body));
  }
}

async function playSlow(stage: Stage, report: Report): Promise<void> {
  const { teacher, crew } = await classOf(stage);
  await teacher.done('room.change', { policy: { 'chat.mode': 'slow', 'chat.slowSeconds': 3_600 } });
  for (const [role, person] of crew) {
    if (role === 'observer') continue;
    await person.done('chat.post', POST);
    report(role, role === 'student' ? 'slow_mode' : 'ack', await told(person, 'chat.post', POST));
    report(
      `${role}, to the staff`,
      role === 'student' ? 'slow_mode' : 'ack',
      await told(person, 'chat.post', TO_STAFF),
    );
  }
}

async function playMuted(stage: Stage, report: Report): Promise<void> {
  const { teacher, crew } = await classOf(stage);
  for (const [role, person] of crew) {
    const { participant } = person.welcome.frame;
    await teacher.done('person.bar', { participant, bar: 'chat', barred: true });
    const of = (grant: 'chat.post' | 'question.ask') => (has(role, grant) ? 'chat_muted' : `forbidden ${grant}`);
    report(`${role}: chat.post`, of('chat.post'), await told(person, 'chat.post', POST));
    report(`${role}: chat.post to the staff`, of('chat.post'), await told(person, 'chat.post', TO_STAFF));
    report(`${role}: question.ask`, of('question.ask'), await told(person, 'question.ask', { text: 'Why?' }));
    await teacher.done('person.bar', { participant, bar: 'chat', barred: false });
    const after = has(role, 'chat.post') ? 'ack' : 'forbidden chat.post';
    report(`${role}: chat.post, after it was lifted`, after, await told(person, 'chat.post', POST));
  }
}

async function playReactions(stage: Stage, report: Report): Promise<void> {
  const { teacher, crew } = await classOf(stage);
  const { connection } = teacher;
  for (const enabled of [true, false]) {
    await teacher.done('room.change', { policy: { 'reactions.enabled': enabled } });
    for (const [role, person] of crew) {
      const from = connection.mark();
      person.connection.send({ frame: 'signal', kind: 'reaction', body: { emoji: '👏' } });
      await person.connection.settled();
      await connection.settled();
      const isHeard = connection.all('signal', from).some(({ frame }) => frame.kind === 'reaction');
      report(`${role}, ${enabled}`, enabled && has(role, 'react') ? 'heard' : 'silence', isHeard ? 'heard' : 'silence');
    }
  }
}

async function playMedia(
  stage: Stage,
  { students, share }: { students: (typeof MEDIA_STUDENTS)[number]; share: (typeof MEDIA_SHARE)[number] },
  report: Report,
): Promise<void> {
  const { teacher, crew } = await classOf(stage);
  await teacher.done('room.change', { policy: { 'media.students': students, 'media.share': share } });
  for (const [role, person] of crew) {
    const from = person.connection.mark();
    person.connection.send({ frame: 'media', rev: 1, open: true, live: true, audio: true, video: true, share: true });
    const { frame } = await person.connection.frame('session', { from });
    const isStudent = role === 'student';
    const may = {
      audio: has(role, 'media.audio') && !(isStudent && students === 'none'),
      video: has(role, 'media.video') && !(isStudent && students !== 'video'),
      share: has(role, 'media.share') && !(isStudent && share === 'staff'),
    };
    for (const source of SOURCES) {
      const { may: told_, [source]: isOn } = frame.session!;
      report(`${role}: may ${source}`, String(may[source]), String(told_[source]));
      report(`${role}: ${source} is on in the list`, String(may[source]), String(isOn));
    }
  }
}

async function classOf(stage: Stage): Promise<{ teacher: Entered; crew: ReadonlyMap<Person, Entered> }> {
  const teacher = await stage.enter('teacher', { join: true });
  const crew = new Map<Person, Entered>();
  for (const role of PEOPLE) crew.set(role, await stage.enter(`the-${role}`, { join: true }, { role }));
  return { teacher, crew };
}
