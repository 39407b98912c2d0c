import { type Person, PEOPLE } from './people.js';

/** What is taught. All people of the college take part in all courses. */
export interface Course {
  readonly id: string;
  readonly code: string;
  readonly title: string;
  readonly summary: string;
  readonly teacher: string;
  readonly classes: readonly LiveClass[];
}

export interface LiveClass {
  /** Also the id of the room on the live server. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
  /** Under way when the LMS starts; others wait for their time. */
  readonly isOnNow: boolean;
  readonly format: ClassFormat;
  /** How one comes in. Default: who is in the course, at any time. */
  readonly door?: Door;
  /** Default: `made`. */
  readonly tokens?: TokenKind;
  readonly agenda: readonly AgendaItem[];
  readonly material: readonly string[];
}

/** Made for one class · `stock`: those that the college's API has anyway; then the list of the class says who comes in, and as what. */
export type TokenKind = 'made' | 'stock';

export interface Door {
  /** Students wait until a teacher lets them in. */
  readonly hasLobby?: boolean;
  /** Told to the class on paper; staff need none. */
  readonly password?: string;
  /** Who belongs in it, so that it shows who is missing; with `stock` tokens nobody else comes in. */
  readonly expects?: readonly Expected[];
}

/** `id` as in the tokens. */
export interface Expected {
  readonly id: string;
  readonly name: string;
  /** Default: the role of the token; without one, a student. */
  readonly role?: Person['role'];
}

/**
 * How the page embeds it: the whole class in one tag · its parts, each where this LMS wants it, without video · a call of two.
 */
export type ClassFormat = 'classroom' | 'parts' | 'call';

export interface AgendaItem {
  readonly minutes: number;
  readonly title: string;
  readonly detail: string;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const NEXT_CLASS_HOUR = 10;

/** A first year: those with an account here, and 25 who have yet to sign in for the first time. */
const FIRST_YEAR: readonly Expected[] = [
  ...PEOPLE.filter(({ role }) => role === 'student').map(({ id, name }) => ({ id, name })),
  ...Array.from({ length: 25 }, (_, index) => ({ id: `u-${2_101 + index}`, name: `First-year student ${index + 4}` })),
];

/** Everybody here but Samuel: he chose another group. */
const STUDY_GROUP: readonly Expected[] = PEOPLE.filter(({ id }) => id !== 'u-2003').map(({ id, name, role }) => ({
  id,
  name,
  role,
}));

/** The courses with one class that began a moment ago and one at ten o'clock tomorrow. */
export function coursesAt(now: Date): readonly Course[] {
  const began = new Date(Math.floor(now.getTime() / (5 * MINUTE_MS)) * 5 * MINUTE_MS);
  const tomorrow = new Date(now);
  tomorrow.setDate(tomorrow.getDate() + 1);
  tomorrow.setHours(NEXT_CLASS_HOUR, 0, 0, 0);
  return [
    {
      id: 'algebra-1',
      code: 'MATH 101',
      title: 'Algebra I',
      summary: 'From linear equations to quadratics, with a problem session every week.',
      teacher: 'Amara Okafor',
      classes: [
        {
          id: 'algebra-1-week-5',
          title: 'Week 5: Quadratic equations',
          description: 'Three ways to solve a quadratic equation, and how to tell which one is quickest.',
          startsAt: began,
          endsAt: new Date(began.getTime() + HOUR_MS),
          isOnNow: true,
          format: 'classroom',
          agenda: [
            { minutes: 10, title: 'Warm-up', detail: 'Factor x² + 5x + 6 and write in the chat what you get.' },
            { minutes: 20, title: 'Completing the square', detail: 'Where the formula comes from, step by step.' },
            {
              minutes: 20,
              title: 'The discriminant',
              detail: 'How many solutions are there? Decide before you solve.',
            },
            {
              minutes: 10,
              title: 'Your questions',
              detail: 'Ask and vote during class; the top ones are answered here.',
            },
          ],
          material: ['Chapter 5, pages 88–97', 'Problem sheet 5, exercises 1 to 6', 'Paper and a pencil'],
        },
        {
          id: 'algebra-1-open-questions',
          title: 'Open questions, in writing',
          description: 'Ask what the lecture left open. The questions with the most votes are answered first.',
          startsAt: began,
          endsAt: new Date(began.getTime() + 2 * HOUR_MS),
          isOnNow: true,
          format: 'parts',
          agenda: [
            { minutes: 30, title: 'Collecting', detail: 'Ask, and vote for what you would like to know as well.' },
            { minutes: 60, title: 'Answers', detail: 'In the order of your votes, here and in writing.' },
            { minutes: 30, title: 'Problem sheet 5', detail: 'Hints for exercises 4 to 6 in the chat.' },
          ],
          material: ['Chapter 5, pages 88–97', 'Problem sheet 5, exercises 1 to 6'],
        },
        {
          id: 'algebra-1-mentoring',
          title: 'Mentoring with Amara Okafor',
          description: 'Twenty minutes for the two of you: what goes well, what does not, and what to try next.',
          startsAt: began,
          endsAt: new Date(began.getTime() + HOUR_MS),
          isOnNow: true,
          format: 'call',
          agenda: [
            { minutes: 10, title: 'How it goes', detail: 'What went well since the last time?' },
            { minutes: 10, title: 'Next steps', detail: 'Two things to try until the next time.' },
          ],
          material: ['Your notes'],
        },
        {
          id: 'algebra-1-consultation',
          title: 'Consultation before the exam',
          description: 'Knock, say in a word what it is about, and wait to be let in.',
          startsAt: began,
          endsAt: new Date(began.getTime() + 2 * HOUR_MS),
          isOnNow: true,
          format: 'classroom',
          door: { hasLobby: true, expects: FIRST_YEAR },
          agenda: [{ minutes: 120, title: 'Your questions', detail: 'One after another, in the order of knocking.' }],
          material: ['Your notes', 'Problem sheets 1 to 5'],
        },
        {
          id: 'algebra-1-mock-exam',
          title: 'Mock exam',
          description: 'With the password from the sheet that was handed out: “parabola”.',
          startsAt: began,
          endsAt: new Date(began.getTime() + 2 * HOUR_MS),
          isOnNow: true,
          format: 'classroom',
          door: { password: 'parabola', expects: FIRST_YEAR },
          agenda: [
            { minutes: 90, title: 'The exam', detail: 'On paper. Ask in writing where a question is not clear.' },
            { minutes: 30, title: 'Solutions', detail: 'Exercise by exercise.' },
          ],
          material: ['The handed-out sheet', 'Paper and a pencil'],
        },
        {
          id: 'algebra-1-study-group',
          title: 'Study group B',
          description: 'For those on its list. Its page has the tokens that the college’s API issues anyway.',
          startsAt: began,
          endsAt: new Date(began.getTime() + HOUR_MS),
          isOnNow: true,
          format: 'classroom',
          door: { expects: STUDY_GROUP },
          tokens: 'stock',
          agenda: [{ minutes: 60, title: 'Problem sheet 6', detail: 'Each explains one exercise to the others.' }],
          material: ['Problem sheet 6'],
        },
        {
          id: `algebra-1-problems-${isoDay(tomorrow)}`,
          title: 'Problem session 5',
          description: 'Bring the exercises that did not work out. We solve them together.',
          startsAt: tomorrow,
          endsAt: new Date(tomorrow.getTime() + HOUR_MS),
          isOnNow: false,
          format: 'classroom',
          agenda: [
            { minutes: 15, title: 'Collecting', detail: 'Which exercises shall we do? Vote for them as questions.' },
            { minutes: 45, title: 'Solving', detail: 'One exercise after another, in the order of your votes.' },
          ],
          material: ['Problem sheet 5 with your notes'],
        },
      ],
    },
    {
      id: 'silk-roads',
      code: 'HIST 210',
      title: 'The Silk Roads',
      summary: 'Trade, ideas and illness between China and the Mediterranean, 200 BC to 1400.',
      teacher: 'Amara Okafor',
      classes: [],
    },
  ];
}

export function findCourse(courses: readonly Course[], id: string): Course | null {
  return courses.find((course) => course.id === id) ?? null;
}

export function findClass(courses: readonly Course[], id: string): { course: Course; liveClass: LiveClass } | null {
  for (const course of courses) {
    const liveClass = course.classes.find((each) => each.id === id);
    if (liveClass !== undefined) return { course, liveClass };
  }
  return null;
}

/** The day by the clock on the wall, not in UTC. */
function isoDay(date: Date): string {
  const pad = (value: number): string => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
}
