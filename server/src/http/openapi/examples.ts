/** What one writes to a route and gets back; each is checked against the schema of its row. */
interface Example {
  readonly request?: unknown;
  readonly answer?: unknown;
}

const STARTS_AT = 1_790_000_000_000;
const HOUR_MS = 3_600_000;
const HASH = '9f2b6c41d0a37e5588c1f0d2b7a4e693';
const positions = { all: { epoch: 'V1StGXR8_Z5jdHi6B-myT', offset: 42, hash: HASH } };

/** By operation id. */
export const EXAMPLES: Readonly<Record<string, Example>> = {
  'rooms.put': {
    request: {
      kind: 'livestream',
      title: 'Algebra I, week 5',
      startsAt: STARTS_AT,
      endsAt: STARTS_AT + HOUR_MS,
      visibility: 'enrolled',
      externalRef: 'course/17/appointment/5',
      owners: ['teacher-7'],
      policy: { 'questions.moderated': { value: true, teacherEditable: false } },
      roster: [{ sub: 'student-3', name: 'Ada' }],
    },
  },
  'rooms.create': { request: { kind: 'meeting', title: 'Office hour' } },
  'rooms.change': { request: { title: 'Algebra I, week 6', locked: true } },
  'rooms.status': {
    answer: {
      status: 'live',
      startsAt: STARTS_AT,
      endsAt: STARTS_AT + HOUR_MS,
      viewers: 28,
      serverTime: STARTS_AT + 60_000,
    },
  },
  'rooms.join': { request: { password: 'open sesame' } },
  'policy.change': { request: { 'chat.mode': 'slow', 'chat.slowSeconds': 30 } },
  'roster.put': { request: { people: [{ sub: 'student-3', name: 'Ada', role: 'student' }] } },
  'roster.get': {
    answer: {
      total: 2,
      present: 1,
      missing: 1,
      items: [{ sub: 'student-3', participant: null, name: 'Ada', role: 'student', present: false }],
    },
  },
  'people.role': { request: { role: 'assistant' } },
  'people.media': { request: { audio: false } },
  'people.bar': { request: { until: STARTS_AT + HOUR_MS, reason: 'spam' } },
  'people.admit': { request: { admitted: true } },
  'messages.post': { request: { text: 'Welcome!' }, answer: { id: 'x3fJ9s0aQkM2bYv7Lr1Tc', positions } },
  'messages.edit': { request: { text: 'Welcome, all!' } },
  'questions.ask': {
    request: { text: 'Why is it so?', anonymous: true },
    answer: { id: 'x3fJ9s0aQkM2bYv7Lr1Tc', state: 'open', positions },
  },
  'questions.change': { request: { state: 'answering', handling: true } },
  'questions.edit': { request: { text: 'Why is it not so?' } },
  'questions.decline': { request: { reason: 'Asked already.' } },
  'questions.answer': { request: { text: 'Because.' } },
  'questions.vote': { answer: { id: 'x3fJ9s0aQkM2bYv7Lr1Tc', votes: 3 } },
};
