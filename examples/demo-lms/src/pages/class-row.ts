import { html } from 'hono/html';
import type { LiveClass } from '../courses.js';
import type { ClassStatus } from '../live-server.js';
import type { Html } from './layout.js';
import { whenOf } from './times.js';

/** A class with what the live server says of it; null: it says nothing. */
export interface ListedClass {
  readonly liveClass: LiveClass;
  readonly status: ClassStatus | null;
}

export function classRow({ liveClass, status }: ListedClass, now: Date): Html {
  const isOn = status?.status === 'live' || status?.status === 'held';
  return html`<li class="class-row ${isOn ? 'on' : ''}">
    <div class="what">
      <h3><a href="/classes/${liveClass.id}">${liveClass.title}</a></h3>
      <p class="meta">${badge(status)} <span>${whenOf(liveClass, now)}</span> ${present(status)}</p>
      <p class="muted">${liveClass.description}</p>
    </div>
    <span class="go" aria-hidden="true">${isOn ? 'Join' : 'Open'}</span>
  </li>`;
}

export function badge(status: ClassStatus | null): Html | '' {
  switch (status?.status) {
    case 'live':
      return html`<span class="badge live">Live</span>`;
    case 'held':
      return html`<span class="badge held">Paused</span>`;
    case 'open':
      return html`<span class="badge">Opening</span>`;
    case 'scheduled':
      return html`<span class="badge">Scheduled</span>`;
    case 'ended':
      return html`<span class="badge">Over</span>`;
    case 'unknown':
    case undefined:
      return '';
  }
}

function present(status: ClassStatus | null): Html | '' {
  if (status === null || !(status.viewers > 0)) return '';
  return html`<span class="muted">${status.viewers} ${status.viewers === 1 ? 'person' : 'people'} here</span>`;
}

/** Said once on a page, above the classes. */
export function unreachableNotice(classes: readonly ListedClass[], liveServerUrl: string): Html | '' {
  if (classes.length === 0 || classes.some(({ status }) => status !== null)) return '';
  return html`<p class="notice" role="status">
    <strong>Live classes cannot be reached right now.</strong> The live server at ${liveServerUrl} does not answer. The
    timetable still holds: open your class when the server is back.
  </p>`;
}
