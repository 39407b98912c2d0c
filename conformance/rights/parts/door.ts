import { newCmid, type Client } from '../../lib/client.js';
import type { Loose } from '../../lib/frames.js';
import type { Stage } from '../../lib/stage.js';
import { ACTED } from '../acts.js';
import type { Part, Report } from '../cells.js';
import { answerAtTheDoor, wordsOf } from '../people.js';
import { PEOPLE, type Grant, type Person } from '../roles.js';

const HOUR_MS = 3_600_000;
/** Commands that may wait for an answer at once. */
const AT_ONCE = 8;

/** What stands in the way of those who are not staff. */
interface Obstacle {
  readonly name: string;
  /** What they are told. */
  readonly answer: string;
  /** Made by a service, before anybody comes. */
  readonly room?: Loose;
  /** Done by the teacher, who is in. */
  readonly change?: Loose;
  /** The right to come in always does not help, and being staff does. */
  readonly isOfTime?: boolean;
  /** A student is in. */
  readonly isTaken?: boolean;
}

const OBSTACLES: readonly Obstacle[] = [
  { name: 'before the start', answer: 'waiting not_started', room: { startsAt: Date.now() + HOUR_MS }, isOfTime: true },
  { name: 'with a lobby', answer: 'waiting lobby', change: { policy: { 'join.lobby': true } } },
  { name: 'locked', answer: 'waiting locked', change: { locked: true } },
  { name: 'with a password', answer: 'waiting password', room: { password: 'open sesame' } },
  { name: 'full', answer: 'waiting full', change: { capacity: 1 }, isTaken: true },
];

const CANDIDATES: readonly (readonly [name: string, role: Person, grants: Partial<Record<Grant, boolean>>])[] = [
  ...PEOPLE.map((role) => [role, role, {}] as const),
  ['student with room.enterAlways', 'student', { 'room.enterAlways': true }],
  ['observer with room.enterAlways', 'observer', { 'room.enterAlways': true }],
  ['assistant without room.enterAlways', 'assistant', { 'room.enterAlways': false }],
  ['instructor without room.enterAlways', 'instructor', { 'room.enterAlways': false }],
];

/** Who comes in past what; and that whoever does not come in does nothing. */
export const DOOR_PART: Part = {
  name: 'door',
  what: 'role × what stands in the way; every command of those who wait, are refused, banned, removed or too late',
  scenes: [
    ...OBSTACLES.map((obstacle) => ({
      name: obstacle.name,
      play: (stage: Stage, report: Report) => playObstacle(stage, obstacle, report),
    })),
    { name: 'banned', play: playBanned },
    { name: 'not admitted', play: playNotAdmitted },
    { name: 'removed', play: playRemoved },
    { name: 'ended', play: playEnded },
    { name: 'of another room', play: playUncovered },
    { name: 'a room that does not exist', play: playUnknown },
  ],
};

async function playObstacle(
  stage: Stage,
  { answer, room, change, isOfTime, isTaken }: Obstacle,
  report: Report,
): Promise<void> {
  const service = stage.token('service', { role: 'service' });
  await stage.http('PUT', `/v1/rooms/${stage.room}`, { token: service, body: room ?? {} });
  const teacher = await stage.enter('teacher', { join: true });
  if (isTaken === true) await stage.enter('classmate', { join: true }, { role: 'student' });
  if (change !== undefined) await teacher.done('room.change', change);
  for (const [index, [name, role, grants]] of CANDIDATES.entries()) {
    const comer = await stage.knock(`comer-${index}`, {}, { role, grants });
    const isStaff = role === 'instructor' || role === 'assistant';
    const comesIn = isOfTime === true ? isStaff : (grants['room.enterAlways'] ?? isStaff);
    report(name, comesIn ? 'welcome' : answer, await answerAtTheDoor(comer));
    if (comesIn) continue;
    for (const type of ACTED) report(`${name} waits: ${type}`, 'room_not_started', await asked(comer, type));
  }
}

async function playBanned(stage: Stage, report: Report): Promise<void> {
  const teacher = await stage.enter('teacher', { join: true });
  for (const role of PEOPLE) {
    const person = await stage.enter(`banned-${role}`, { join: true }, { role });
    const second = await stage.enter(`banned-${role}`, {}, { role });
    const { participant } = person.welcome.frame;
    await teacher.done('person.bar', { participant, bar: 'room', barred: true });
    for (const [name, { connection }] of [
      ['is sent away', person],
      ['is sent away in another tab', second],
    ] as const)
      report(`${role} ${name}`, '4503 person_banned', endOf(await connection.close()));
    await refusedBehind(stage, { who: `banned-${role}`, role, expected: 'person_banned' }, report);
    const positions = person.welcome.frame.positions;
    const again = await stage.knock(`banned-${role}`, { positions, clientId: newCmid() }, { role });
    report(`${role} resumes`, 'person_banned', await answerAtTheDoor(again));
    report(`${role} is sent nothing of the log`, '0', String(again.connection.all('event').length));
    const raised = await stage.knock(`banned-${role}`, {}, { role: 'instructor' });
    report(`${role} comes back as instructor`, 'person_banned', await answerAtTheDoor(raised));
  }
}

async function playNotAdmitted(stage: Stage, report: Report): Promise<void> {
  const teacher = await stage.enter('teacher', { join: true });
  await teacher.done('room.change', { policy: { 'join.lobby': true } });
  for (const role of ['student', 'observer'] as const) {
    const who = `refused-${role}`;
    const waiter = await stage.knock(who, {}, { role });
    const { frame } = await teacher.connection.frame('lobby', {
      where: ({ people }) => people.some(({ name }) => name.includes(who)),
    });
    const { participant } = frame.people.find(({ name }) => name.includes(who))!;
    await teacher.done('person.admit', { participant, admitted: false });
    report(`${role} is sent away`, '4501 person_not_admitted', endOf(await waiter.connection.close()));
    await refusedBehind(stage, { who, role, expected: 'person_not_admitted' }, report);
  }
}

async function playRemoved(stage: Stage, report: Report): Promise<void> {
  const teacher = await stage.enter('teacher', { join: true });
  for (const role of PEOPLE) {
    const person = await stage.enter(`removed-${role}`, { join: true }, { role });
    const from = teacher.connection.mark();
    await teacher.done('person.remove', { participant: person.welcome.frame.participant });
    person.send('chat.post', { text: `From ${role}, who is out` });
    report(`${role} is sent away`, '4502 person_removed', endOf(await person.connection.close()));
    await teacher.connection.settled();
    const isHeard = teacher.connection.received.slice(from).some(({ text }) => text.includes('who is out'));
    report(`${role} is heard afterwards`, 'false', String(isHeard));
    const back = await stage.knock(`removed-${role}`, {}, { role });
    report(`${role} comes back`, 'welcome', await answerAtTheDoor(back));
  }
}

async function playEnded(stage: Stage, report: Report): Promise<void> {
  const teacher = await stage.enter('teacher', { join: true });
  await teacher.done('room.end');
  for (const role of ['student', 'observer'] as const) {
    const comer = await stage.knock(`late-${role}`, {}, { role });
    for (const type of [...ACTED].slice(0, AT_ONCE)) comer.send(type, {});
    const end = endOf(await comer.connection.close());
    report(`${role} is sent away`, '4504 room_ended', end);
    report(`${role} does nothing`, '0', String(comer.connection.all('ack').length));
  }
}

async function playUncovered(stage: Stage, report: Report): Promise<void> {
  const teacher = await stage.enter('teacher', { join: true });
  const room = 'another-room-of-theirs';
  for (const role of PEOPLE) {
    const enrolled = await stage.knock(`stranger-${role}`, { room: stage.room }, { role, room });
    report(`${role}, where the room is for the enrolled`, 'room_not_covered', await answerAtTheDoor(enrolled));
  }
  await teacher.done('room.change', { visibility: 'public' });
  for (const role of PEOPLE) {
    const open = await stage.knock(`guest-${role}`, { room: stage.room }, { role, room });
    report(`${role}, where it is public`, 'welcome', await answerAtTheDoor(open));
  }
}

async function playUnknown(stage: Stage, report: Report): Promise<void> {
  const room = (name: string) => `${stage.room}-${name}`;
  const expected: readonly (readonly [Person, exact: string, prefix: string])[] = [
    ['student', 'waiting not_started', 'room_unknown'],
    ['observer', 'room_unknown', 'room_unknown'],
    ['assistant', 'waiting not_started', 'room_unknown'],
    ['instructor', 'welcome', 'welcome'],
  ];
  for (const [role, exact, prefix] of expected) {
    const named = await stage.knock(role, { room: room(role) }, { role, room: room(role) });
    report(`${role}, named by the token`, exact, await answerAtTheDoor(named));
    const covered = await stage.knock(role, { room: room(`p-${role}`) }, { role, room: `${stage.room}*` });
    report(`${role}, covered by a beginning`, prefix, await answerAtTheDoor(covered));
  }
}

/** A hello that is refused, with commands right behind it, of which none is done. */
async function refusedBehind(
  stage: Stage,
  { who, role, expected }: { who: string; role: Person; expected: string },
  report: Report,
): Promise<void> {
  for (let from = 0; from < ACTED.size; from += AT_ONCE) {
    const types = [...ACTED].slice(from, from + AT_ONCE);
    const comer = await stage.knock(who, {}, { role });
    for (const type of types) comer.send(type, {});
    report(`${role} comes back`, expected, await codeOfClose(comer));
    const done = comer.connection.all('ack').length;
    for (const type of types) report(`${role}: ${type} behind the hello`, 'nothing', done === 0 ? 'nothing' : 'ack');
  }
}

async function codeOfClose(client: Client): Promise<string> {
  return (await client.connection.close()).reason;
}

async function asked(client: Client, type: string): Promise<string> {
  const answer = await client.ask(type, {});
  return wordsOf(answer);
}

function endOf({ code, reason }: { code: number; reason: string }): string {
  return `${code} ${reason}`;
}
