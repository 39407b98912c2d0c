import { expect, test } from 'vitest';
import { INITIAL_STATE } from '../store.js';
import { missingPeople } from './missing.js';

test('who is missing stands by name, and numbers in names by their size', () => {
  const names = ['Pupil 10', 'Pupil 2', 'ada', 'Pupil 1', 'Zoë', 'Bo'];
  const people = names.map((name) => ({ participant: name, name, role: 'student' as const }));
  const state = { ...INITIAL_STATE, roster: { total: people.length, people } };
  expect(missingPeople(state)?.people.map(({ name }) => name)).toEqual([
    'ada',
    'Bo',
    'Pupil 1',
    'Pupil 2',
    'Pupil 10',
    'Zoë',
  ]);
});
