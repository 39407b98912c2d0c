import { html } from 'hono/html';
import type { Course } from '../courses.js';
import type { Person } from '../people.js';
import { type ListedClass, classRow, unreachableNotice } from './class-row.js';
import { type Html, layout } from './layout.js';

export function coursePage({
  person,
  course,
  classes,
  now,
  liveServerUrl,
}: {
  readonly person: Person;
  readonly course: Course;
  readonly classes: readonly ListedClass[];
  readonly now: Date;
  readonly liveServerUrl: string;
}): Html {
  return layout({
    title: course.title,
    person,
    main: html`<nav class="crumbs" aria-label="Breadcrumb"><a href="/">My courses</a></nav>
      <header class="course-head ${course.id}">
        <p class="code">${course.code}</p>
        <h1>${course.title}</h1>
        <p class="lead">${course.summary}</p>
        <p class="muted">Taught by ${course.teacher}</p>
      </header>
      ${unreachableNotice(classes, liveServerUrl)}
      <section aria-labelledby="classes">
        <h2 id="classes">Classes this week</h2>
        ${
          classes.length === 0
            ? html`<p class="empty">Nothing is planned for this week.</p>`
            : html`<ul class="class-list">
                ${classes.map((listed) => classRow(listed, now))}
              </ul>`
        }
      </section>`,
  });
}
