/** A class of an LMS that makes no tokens for classes: stock tokens open it, and the list of its back end says who comes in and as what. */
import type { RoomClient } from '@lms-live/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeEverything } from './support/cleanup.js';
import { ASSISTANT, Classroom, MEI, SAMUEL, TEACHER, type InChromium } from './support/classroom.js';
import { eventually } from './support/until.js';

const CLASS = 'algebra-1-study-group';

let classroom: Classroom;

beforeAll(async () => {
  classroom = await Classroom.open();
});

afterAll(closeEverything);

async function open(name: string): Promise<InChromium> {
  const person = await classroom.arrive(name);
  await person.tab.click({ css: `a[href="/classes/${CLASS}"]` });
  return person;
}

/** Who is in front of the page, and as what, as the server says. */
const known = ({ tab }: InChromium): Promise<unknown> =>
  tab.evaluate(() => {
    type Classroom = HTMLElement & { readonly client: RoomClient | null };
    const me = document.querySelector<Classroom>('lms-classroom')?.client?.getState().me;
    return me?.role ?? null;
  }, null);

test('the list of the class says as what those on it come in; whoever is not on it reads that they are not', async () => {
  const [teacher, assistant, student, stranger] = await Promise.all([TEACHER, ASSISTANT, MEI, SAMUEL].map(open));
  if (!teacher || !assistant || !student || !stranger) throw new Error('Somebody has no page.');
  await eventually(() => known(teacher)).toBe('instructor');
  await eventually(() => known(assistant)).toBe('assistant');
  await eventually(() => known(student)).toBe('student');
  await eventually(() =>
    stranger.tab.has({ element: 'lms-meeting-room', css: '[part~="error-code"]', text: 'enrolment_refused' }),
  ).toBe(true);
  expect(await known(stranger)).toBeNull();
  expect(classroom.product.log('live-server')).toBe('');
});
