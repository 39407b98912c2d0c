import assert from 'node:assert/strict';
import { newCmid } from '../lib/client.js';
import { under } from '../lib/requirement.js';
import type { Stage } from '../lib/stage.js';

/** How often a server looks whether an expected room is there by now, and then some. */
const LOOKS_MS = 8_000;

/** Those who wait, and those who let them in. */
export const DOOR = under('The lobby', {
  'door.not_started': [
    'Who comes before the class has started waits with `not_started`, and `welcome` follows on the same socket by itself.',
    ['mint'],
    async (stage) => {
      const student = await stage.knock('student');
      const { frame } = await student.connection.frame('waiting');
      assert.equal(frame.why, 'not_started');
      assert.equal(frame.room.id, stage.room);
      await stage.enter('teacher', { join: true });
      await student.welcomed(LOOKS_MS);
    },
  ],
  'door.commands': [
    'A command of somebody who waits is refused and does nothing.',
    ['mint'],
    async (stage) => {
      const student = await stage.knock('student');
      await student.connection.frame('waiting');
      const answer = await student.ask('chat.post', { text: 'hello?' });
      assert.equal(answer.kind, 'refused');
      assert.equal((answer.frame as { code: string }).code, 'room_not_started');
    },
  ],
  'door.lobby': [
    'With `join.lobby` a student waits with `lobby`; staff are sent `lobby` with the name; `person.admit` lets them in, and the answer is remembered.',
    ['mint'],
    async (stage) => {
      const teacher = await stage.enter('teacher', { join: true });
      assert.deepEqual((await teacher.connection.frame('lobby')).frame, { frame: 'lobby', count: 0, people: [] });
      await teacher.done('room.change', { policy: { 'join.lobby': true } });
      const student = await stage.knock('student');
      assert.equal((await student.connection.frame('waiting')).frame.why, 'lobby');
      const { frame } = await teacher.connection.frame('lobby', { where: ({ count }) => count === 1 });
      assert.equal(frame.people[0]?.name, 'Ms student');
      assert.equal(frame.people[0].why, 'lobby');
      await teacher.done('person.admit', { participant: frame.people[0].participant, admitted: true });
      const welcome = await student.welcomed();
      assert.equal(welcome.frame.participant, frame.people[0].participant);
      await stage.enter('student');
      assert.equal(student.connection.all('lobby').length, 0, 'students are not told who waits');
    },
  ],
  'door.refused': [
    'Who is not admitted is refused as `person_not_admitted` and closed with 4501, and so again when they come back, until they are admitted after all.',
    ['mint'],
    async (stage) => {
      const teacher = await stage.enter('teacher', { join: true });
      await teacher.done('room.change', { policy: { 'join.lobby': true } });
      const student = await stage.knock('student');
      const { frame } = await teacher.connection.frame('lobby', { where: ({ count }) => count === 1 });
      const { participant } = frame.people[0]!;
      await teacher.done('person.admit', { participant, admitted: false });
      assert.equal((await student.connection.frame('refused')).frame.code, 'person_not_admitted');
      assert.equal((await student.connection.close()).code, 4501);
      const again = await stage.knock('student');
      assert.equal((await again.connection.close()).reason, 'person_not_admitted');
      await teacher.done('person.admit', { participant, admitted: true });
      await stage.enter('student');
    },
  ],
  'door.reason': [
    'Who waits is told again when the reason changes.',
    ['mint'],
    async (stage) => {
      const teacher = await stage.enter('teacher', { join: true });
      await teacher.done('room.change', { policy: { 'join.lobby': true } });
      const student = await stage.knock('student');
      const { index } = await student.connection.frame('waiting', { where: ({ why }) => why === 'lobby' });
      await teacher.done('room.change', { locked: true });
      await student.connection.frame('waiting', { from: index, where: ({ why }) => why === 'locked' });
    },
  ],
  'door.locked': [
    'While the class is locked a student waits with `locked`, and comes in when it is unlocked.',
    ['mint'],
    async (stage) => {
      const teacher = await stage.enter('teacher', { join: true });
      await teacher.done('room.change', { locked: true });
      const student = await stage.knock('student');
      assert.equal((await student.connection.frame('waiting')).frame.why, 'locked');
      await teacher.done('room.change', { locked: false });
      await student.welcomed();
    },
  ],
  'door.full': [
    'Beyond its capacity a student waits with `full`; staff come in all the same, and take no place.',
    ['mint'],
    async (stage) => {
      const teacher = await stage.enter('teacher', { join: true });
      await teacher.done('room.change', { capacity: 1 });
      await stage.enter('classmate', { join: true }, { role: 'student' });
      const student = await stage.knock('student', { join: true });
      assert.equal((await student.connection.frame('waiting')).frame.why, 'full');
      await stage.enter('assistant', {}, { role: 'assistant' });
      await teacher.done('room.change', { capacity: 10 });
      await student.welcomed();
    },
  ],
  'door.staff_only': [
    '`person.admit` of a student is refused as `forbidden`.',
    ['teacher', 'student'],
    async (stage) => {
      const { people } = await stage.class('student');
      const answer = await people[0]!.ask('person.admit', { participant: newCmid(), admitted: true });
      assert.equal((answer.frame as { code?: string }).code, 'forbidden');
    },
  ],
});

/** What is said while one waits, and what staff write. */
export const AT_THE_DOOR = under('At the door', {
  'door.password': [
    'In front of a room with a password a student waits with `password`; a wrong one is answered with `isWrong`, the right one with `welcome`, and staff need none.',
    ['mint'],
    async (stage) => {
      const body = { kind: 'meeting', password: 'open sesame' };
      const made = await stage.http('PUT', `/v1/rooms/${stage.room}`, { token: hostOf(stage), body });
      assert.equal(made.status, 201);
      await stage.enter('teacher', { join: true });
      const student = await stage.knock('student');
      const first = await student.connection.frame('waiting', { where: ({ why }) => why === 'password' });
      student.connection.send({ frame: 'knock', password: 'close sesame' });
      await student.connection.frame('waiting', { from: first.index + 1, where: ({ isWrong }) => isWrong === true });
      student.connection.send({ frame: 'knock', password: 'open sesame' });
      await student.welcomed();
    },
  ],
  'door.words': [
    'A note of a `knock` is shown in `lobby`; a `lobby.message` comes to those who wait, and to those who come to wait later; `person.admitAll` lets them all in.',
    ['mint'],
    async (stage) => {
      const teacher = await stage.enter('teacher', { join: true });
      await teacher.done('room.change', { policy: { 'join.lobby': true } });
      const student = await stage.knock('student');
      await student.connection.frame('waiting');
      student.connection.send({ frame: 'knock', note: 'My bus was late' });
      const { frame } = await teacher.connection.frame('lobby', {
        where: ({ people }) => people[0]?.note !== undefined,
      });
      assert.equal(frame.people[0]?.note, 'My bus was late');
      teacher.connection.send({ frame: 'signal', kind: 'lobby.message', body: { text: 'One moment' } });
      const later = await stage.knock('late', {}, { role: 'student' });
      for (const { connection } of [student, later])
        await connection.frame('waiting', { where: ({ message }) => message?.text === 'One moment' });
      await teacher.done('person.admitAll', {});
      await student.welcomed();
      await later.welcomed();
    },
  ],
});

/** The list of the host. */
export const EXPECTED = under('Who is expected', {
  'roster.told': [
    'Staff are sent `roster` after `welcome` and when the list changes; students are not.',
    ['mint'],
    async (stage) => {
      const token = hostOf(stage);
      await stage.http('PUT', `/v1/rooms/${stage.room}`, {
        token,
        body: { kind: 'meeting', roster: [{ sub: 'x', name: 'Xena' }] },
      });
      const teacher = await stage.enter('teacher', { join: true });
      const { frame, index } = await teacher.connection.frame('roster');
      assert.deepEqual([frame.total, frame.people[0]?.name], [1, 'Xena']);
      await stage.http('PUT', `/v1/rooms/${stage.room}/roster`, {
        token,
        body: { people: [{ sub: 'x', name: 'Xena' }, { sub: `${stage.room}-student` }] },
      });
      await teacher.connection.frame('roster', { from: index + 1, where: ({ total }) => total === 2 });
      const student = await stage.enter('student', { join: true });
      assert.equal(student.connection.all('roster').length, 0);
    },
  ],
});

function hostOf(stage: Stage): string {
  return stage.token('service', { role: 'service' });
}
