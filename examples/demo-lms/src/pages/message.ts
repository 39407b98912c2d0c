import { html } from 'hono/html';
import type { Person } from '../people.js';
import { type Html, layout } from './layout.js';

/** A page that says one thing and where to go from there. */
export function messagePage({
  person,
  title,
  text,
}: {
  readonly person: Person | null;
  readonly title: string;
  readonly text: string;
}): Html {
  return layout({
    title,
    person,
    main: html`<div class="message">
      <h1>${title}</h1>
      <p class="lead">${text}</p>
      <p><a class="button" href="/">To my courses</a></p>
    </div>`,
  });
}
