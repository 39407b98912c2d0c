import type { Stage } from '../../lib/stage.js';
import type { Part, Report } from '../cells.js';
import { told, type Entered } from '../people.js';
import { has, PEOPLE, type Grant, type Person, type Role } from '../roles.js';

/** The published table of the settings, written down a second time: who may change each in class, and another value than the default. */
const SETTINGS: Readonly<Record<string, readonly [grant: Grant | 'fixed', value: unknown, standard: unknown]>> = {
  'chat.enabled': ['chat.moderate', false, true],
  'chat.mode': ['chat.moderate', 'toStaff', 'open'],
  'chat.slowSeconds': ['chat.moderate', 20, 10],
  'chat.history': ['chat.moderate', false, true],
  'questions.enabled': ['question.moderate', false, true],
  'questions.moderated': ['question.moderate', true, false],
  'questions.anonymous': ['question.moderate', false, true],
  'join.muted': ['people.moderate', false, true],
  'join.lobby': ['people.moderate', true, false],
  'entry.studentMinutes': ['people.moderate', 5, 0],
  'entry.observerMinutes': ['people.moderate', 5, 0],
  'schedule.autoStart': ['room.manage', false, true],
  'schedule.autoEnd': ['room.manage', false, true],
  'schedule.overrunMinutes': ['room.manage', 30, 15],
  'media.students': ['people.moderate', 'audio', 'video'],
  'media.share': ['people.moderate', 'all', 'staff'],
  'hands.enabled': ['people.moderate', false, true],
  'reactions.enabled': ['people.moderate', false, true],
  'recording.by': ['room.manage', 'staff', 'instructor'],
  relayOnly: ['room.manage', true, false],
  retentionDays: ['room.manage', 30, 180],
  clientStorage: ['room.manage', 'memory', 'indexeddb'],
  'names.hidden': ['fixed', true, false],
};
/** Each that some row is about. */
export const SET: ReadonlySet<string> = new Set(Object.keys(SETTINGS));

const HOUR_MS = 3_600_000;
/** The record of a room: for its owners alone. */
const RECORD: Readonly<Record<string, unknown>> = {
  title: 'Another title',
  description: 'Another description',
  visibility: 'public',
  listed: false,
  startsAt: Date.now() - HOUR_MS,
  endsAt: Date.now() + HOUR_MS,
  openMinutesBefore: 5,
  heldMinutes: 5,
  engine: 'jitsi',
  capacity: 100,
};
/** Each that some row is about; `locked` is no part of the record, and has a row of its own. */
export const RECORDED: ReadonlySet<string> = new Set([...Object.keys(RECORD), 'locked', 'policy', 'ifOffset']);

/** What may be changed by whom: every setting, and every field of the record. */
export const SETTINGS_PART: Part = {
  name: 'settings',
  what: 'role × setting, editable or fixed by the host; role and owner × field of the record; by socket and by HTTP',
  scenes: [
    ...[false, true].map((isFixed) => ({
      name: isFixed ? 'fixed by the host' : 'left to the teacher',
      play: (stage: Stage, report: Report) => playSettings(stage, isFixed, report),
    })),
    { name: 'the record', play: playRecord },
    { name: 'the record, by HTTP', play: playHttp },
  ],
};

async function playSettings(stage: Stage, isFixed: boolean, report: Report): Promise<void> {
  const service = stage.token('service', { role: 'service' });
  const policy = Object.fromEntries(
    Object.entries(SETTINGS).map(([key, [, , standard]]) => [key, { value: standard, teacherEditable: !isFixed }]),
  );
  await stage.http('PUT', `/v1/rooms/${stage.room}`, { token: service, body: { policy } });
  await stage.enter('teacher', { join: true });
  for (const [index, [key, row]] of Object.entries(SETTINGS).entries()) {
    const [grant, value, standard] = row;
    for (const role of PEOPLE) {
      // Who has the right and is not kept from it changes it; the next one finds it as it was.
      const actor = await actorOf(stage, role, index);
      const answer = await told(actor, 'room.change', { policy: { [key]: value } });
      report(`${key}: ${role}`, expectedOf(role, grant, isFixed), answer);
      await stage.http('PATCH', `/v1/rooms/${stage.room}`, { token: service, body: { policy: { [key]: standard } } });
    }
    const { status, json } = await stage.http('PATCH', `/v1/rooms/${stage.room}`, {
      token: service,
      body: { policy: { [key]: value } },
    });
    report(`${key}: service`, grant === 'fixed' ? '403 policy_fixed' : '200', wordsOf(status, json));
    await stage.http('PATCH', `/v1/rooms/${stage.room}`, { token: service, body: { policy: { [key]: standard } } });
  }
}

function expectedOf(role: Role, grant: Grant | 'fixed', isFixed: boolean): string {
  const needed = grant === 'fixed' ? 'room.manage' : grant;
  if (!has(role, needed)) return `forbidden ${needed}`;
  return isFixed || grant === 'fixed' ? 'policy_fixed' : 'ack';
}

async function playRecord(stage: Stage, report: Report): Promise<void> {
  const owner = await stage.enter('teacher', { join: true });
  for (const [index, [key, value]] of Object.entries(RECORD).entries()) {
    for (const role of PEOPLE)
      report(
        `${key}: ${role} of another’s room`,
        'forbidden',
        await change(stage, { role, index, body: { [key]: value } }),
      );
    report(`${key}: its owner`, 'ack', await told(owner, 'room.change', { [key]: value }));
  }
  for (const [index, role] of PEOPLE.entries()) {
    const answer = await change(stage, { role, index: 100 + index, body: { locked: index % 2 === 0 } });
    report(`locked: ${role}`, has(role, 'people.moderate') ? 'ack' : 'forbidden people.moderate', answer);
    if (index === 0) await owner.done('room.change', { locked: false });
  }
}

async function playHttp(stage: Stage, report: Report): Promise<void> {
  await stage.enter('teacher', { join: true });
  const tokens: Readonly<Record<string, string>> = {
    'its owner': stage.token('teacher'),
    service: stage.token('service', { role: 'service' }),
    ...Object.fromEntries(PEOPLE.map((role) => [`${role} of another’s room`, stage.token(`http-${role}`, { role })])),
  };
  for (const [key, value] of Object.entries(RECORD)) {
    for (const [who, token] of Object.entries(tokens)) {
      const { status, json } = await stage.http('PATCH', `/v1/rooms/${stage.room}`, { token, body: { [key]: value } });
      report(`${key}: ${who}`, who.includes('another') ? '403 forbidden' : '200', wordsOf(status, json));
    }
  }
}

async function change(
  stage: Stage,
  { role, index, body }: { role: Person; index: number; body: object },
): Promise<string> {
  return told(await actorOf(stage, role, index), 'room.change', { ...body });
}

/** A few of each role: one alone would say too much. */
async function actorOf(stage: Stage, role: Person, index: number): Promise<Entered> {
  return stage.enter(`${role}-${index}`, {}, { role });
}

function wordsOf(status: number, json: Readonly<Record<string, unknown>>): string {
  return typeof json['code'] === 'string' ? `${status} ${json['code']}` : String(status);
}
