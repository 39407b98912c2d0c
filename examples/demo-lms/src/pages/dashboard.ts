import { html } from 'hono/html';
import type { Course } from '../courses.js';
import type { Person } from '../people.js';
import { type ListedClass, classRow, unreachableNotice } from './class-row.js';
import { type Html, layout } from './layout.js';

export function dashboardPage({
  person,
  courses,
  classes,
  now,
  liveServerUrl,
}: {
  readonly person: Person;
  readonly courses: readonly Course[];
  readonly classes: readonly ListedClass[];
  readonly now: Date;
  readonly liveServerUrl: string;
}): Html {
  return layout({
    title: 'My courses',
    person,
    main: html`<h1>Hello, <span dir="auto">${person.name.split(' ')[0] ?? person.name}</span></h1>
      ${unreachableNotice(classes, liveServerUrl)}
      <section aria-labelledby="coming-up">
        <h2 id="coming-up">Classes</h2>
        <ul class="class-list">
          ${classes.map((listed) => classRow(listed, now))}
        </ul>
      </section>
      <section aria-labelledby="courses">
        <h2 id="courses">Courses</h2>
        <ul class="course-grid">
          ${courses.map((course) => courseCard(course))}
        </ul>
      </section>`,
  });
}

function courseCard({ id, code, title, summary, teacher, classes }: Course): Html {
  return html`<li class="card course ${id}">
    <p class="code">${code}</p>
    <h3><a href="/courses/${id}">${title}</a></h3>
    <p>${summary}</p>
    <p class="muted">${teacher} · ${classCount(classes.length)}</p>
  </li>`;
}

function classCount(count: number): string {
  if (count === 0) return 'no classes this week';
  return count === 1 ? '1 class this week' : `${count} classes this week`;
}
