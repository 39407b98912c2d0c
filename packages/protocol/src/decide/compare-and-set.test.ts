import { describe, expect, it } from 'vitest';
import { made, refusal } from '../testing/decisions.js';
import { INSTRUCTOR, liveRoom, STUDENT, type TestRoom } from '../testing/room.js';

/** The offset up to which somebody who looks now has read. */
const seen = (room: TestRoom): number => room.logs.get('all')?.length ?? 0;

describe('ifOffset', () => {
  it('lets the first of two who looked at the same moment set a value, and refuses the second with what has changed', () => {
    const room = liveRoom();
    const ifOffset = seen(room);
    expect(room.run(INSTRUCTOR, 'room.change', { policy: { 'chat.mode': 'slow' }, ifOffset }).ok).toBe(true);
    expect(room.run(INSTRUCTOR, 'room.change', { policy: { 'chat.mode': 'frozen' }, ifOffset })).toEqual(
      refusal('stale', { detail: { key: 'policy.chat.mode', offset: ifOffset + 1 } }),
    );
    expect(room.all.room.policy['chat.mode']).toBe('slow');
    expect(room.run(INSTRUCTOR, 'room.change', { policy: { 'chat.mode': 'frozen' }, ifOffset: seen(room) }).ok).toBe(
      true,
    );
  });

  it('minds only what the command sets', () => {
    const room = liveRoom();
    const ifOffset = seen(room);
    room.make(INSTRUCTOR, 'room.change', { title: 'Algebra' });
    expect(room.run(INSTRUCTOR, 'room.change', { locked: true, ifOffset }).ok).toBe(true);
    expect(room.run(INSTRUCTOR, 'room.change', { title: 'Geometry', ifOffset })).toEqual(
      refusal('stale', { detail: { key: 'room.title', offset: ifOffset + 1 } }),
    );
  });

  it('is of each person for roles and media', () => {
    const room = liveRoom();
    const participant = STUDENT.participant ?? '';
    room.make(STUDENT, 'chat.post', { text: 'Here' });
    const ifOffset = seen(room);
    room.make(INSTRUCTOR, 'person.role', { participant, role: 'assistant' });
    room.make(INSTRUCTOR, 'person.media', { participant, audio: false });
    expect(room.run(INSTRUCTOR, 'person.role', { participant, role: 'student', ifOffset })).toEqual(
      refusal('stale', { detail: { key: `role.${participant}`, offset: ifOffset + 1 } }),
    );
    expect(room.run(INSTRUCTOR, 'person.media', { participant, audio: true, ifOffset })).toEqual(
      refusal('stale', { detail: { key: `media.${participant}`, offset: ifOffset + 2 } }),
    );
    expect(room.run(INSTRUCTOR, 'person.media', { participant, audio: true }).ok).toBe(true);
  });

  it('is of each public question', () => {
    const room = liveRoom();
    const id = made(room.run(STUDENT, 'question.ask', { text: 'Why?' }));
    const ifOffset = seen(room);
    room.make(INSTRUCTOR, 'question.change', { id, state: 'answering' });
    expect(room.run(INSTRUCTOR, 'question.change', { id, state: 'archived', ifOffset })).toEqual(
      refusal('stale', { detail: { key: `question.${id}`, offset: ifOffset + 1 } }),
    );
  });
});
