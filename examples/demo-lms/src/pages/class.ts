import { html } from 'hono/html';
import type { AgendaItem, Course, LiveClass } from '../courses.js';
import type { ClassStatus } from '../live-server.js';
import { type Person, isStaff } from '../people.js';
import { badge } from './class-row.js';
import { type Html, layout } from './layout.js';
import { whenOf } from './times.js';

const STARTABLE: ReadonlySet<string> = new Set(['scheduled', 'open', 'ended']);

/** The page of one class. All that LMS Live needs of it is one script and the `lms-…` tags. */
export function classPage({
  person,
  course,
  liveClass,
  status,
  now,
  liveServerUrl,
}: {
  readonly person: Person;
  readonly course: Course;
  readonly liveClass: LiveClass;
  readonly status: ClassStatus | null;
  readonly now: Date;
  readonly liveServerUrl: string;
}): Html {
  return layout({
    title: liveClass.title,
    person,
    wide: true,
    head: html`<script src="/assets/class-page.js"></script>
      <script type="module" src="${liveServerUrl}/sdk/lms-live.js"></script>`,
    main: html`<div class="class-page ${liveClass.format}" data-shown="chat">
      <div class="class-head">
        <div>
          <nav class="crumbs" aria-label="Breadcrumb">
            <a href="/courses/${course.id}">${course.title}</a>
            ${badge(status)}
          </nav>
          <h1>${liveClass.title}</h1>
        </div>
        ${startButton({ person, liveClass, status })}
      </div>
      <p class="notice unreachable" role="alert" hidden>
        <span><strong>The live server cannot be reached.</strong> The class itself is missing from this page.</span>
        <a class="button" href="/classes/${liveClass.id}">Try again</a>
      </p>
      ${live({ course, liveClass, now, liveServerUrl })}
    </div>`,
  });
}

interface LivePart {
  readonly course: Course;
  readonly liveClass: LiveClass;
  readonly now: Date;
  readonly liveServerUrl: string;
}

/** The class itself, as the college wants it in this page. */
function live(part: LivePart): Html {
  switch (part.liveClass.format) {
    case 'classroom':
      return classroom(part);
    case 'call':
      return call(part);
    case 'parts':
      return parts(part);
  }
}

/** The whole class in one tag: stage, chat, questions and people, on any screen. */
function classroom({ liveClass, liveServerUrl }: LivePart): Html {
  return html`<lms-classroom
    server="${liveServerUrl}"
    token-url="/live-token?class=${encodeURIComponent(liveClass.id)}"
    room="${liveClass.id}"
    ${tenantOf(liveClass)}
    >${placeholder('The class')}</lms-classroom
  >`;
}

/** Two people: the other one on the whole stage, oneself in a corner. */
function call({ liveClass, liveServerUrl }: LivePart): Html {
  return html`<lms-meeting-room
    layout="call"
    server="${liveServerUrl}"
    token-url="/live-token?class=${encodeURIComponent(liveClass.id)}"
    room="${liveClass.id}"
    ${tenantOf(liveClass)}
    >${placeholder('The call')}</lms-meeting-room
  >`;
}

/**
 * Each part where this page wants it: `<lms-room>` says where the live server is and where this page gets its token;
 * the elements in it share one connection.
 */
function parts({ course, liveClass, now, liveServerUrl }: LivePart): Html {
  return html`<div class="tabs" data-tabs aria-label="Parts of the class">
      <button data-shows="class">Class</button>
      <button data-shows="chat">Chat</button>
      <button data-shows="questions">Questions</button>
      <button data-shows="people">People</button>
    </div>
    <lms-room
      server="${liveServerUrl}"
      token-url="/live-token?class=${encodeURIComponent(liveClass.id)}"
      room="${liveClass.id}"
      ${tenantOf(liveClass)}
    >
      <div class="class-layout">
        <div data-panel="class">${stage({ course, liveClass, now })}</div>
        <div data-panel="questions"><lms-qa-panel>${placeholder('Questions')}</lms-qa-panel></div>
        <div data-panel="people"><lms-people>${placeholder('People')}</lms-people></div>
        <div data-panel="chat"><lms-chat>${placeholder('Chat')}</lms-chat></div>
      </div>
    </lms-room>`;
}

/** Tokens without an issuer do not say of which tenant they are: the page does. */
function tenantOf({ tokens }: LiveClass): Html | '' {
  return tokens === 'stock' ? html`tenant="northfield-api"` : '';
}

/** What a class in writing is about. */
function stage({ course, liveClass, now }: { course: Course; liveClass: LiveClass; now: Date }): Html {
  return html`<article class="stage ${course.id}" tabindex="0" aria-label="About this class">
    <header>
      <p class="code">${course.code} · ${course.teacher}</p>
      <p class="stage-when">${whenOf(liveClass, now)}</p>
      <p class="lead">${liveClass.description}</p>
    </header>
    <div class="stage-body">
      <section>
        <h2>Agenda</h2>
        <ol class="agenda">
          ${liveClass.agenda.map((item) => agendaItem(item))}
        </ol>
      </section>
      <section class="ready">
        <h2>Have ready</h2>
        <ul class="material">
          ${liveClass.material.map((item) => html`<li>${item}</li>`)}
        </ul>
        <p class="muted small">In writing: this class has no video.</p>
      </section>
    </div>
  </article>`;
}

function agendaItem({ minutes, title, detail }: AgendaItem): Html {
  return html`<li>
    <span class="minutes">${minutes} minutes</span>
    <strong>${title}</strong>
    <span class="muted">${detail}</span>
  </li>`;
}

/** Staff start a class that is not on: the LMS asks the live server to, in their name. */
function startButton({
  person,
  liveClass,
  status,
}: {
  person: Person;
  liveClass: LiveClass;
  status: ClassStatus | null;
}): Html | '' {
  const { status: state = 'unknown' } = status ?? {};
  if (!isStaff(person) || !STARTABLE.has(state)) return '';
  return html`<form method="post" action="/classes/${liveClass.id}/start">
    <button class="button">${state === 'ended' ? 'Start again' : 'Start the class'}</button>
  </form>`;
}

/** Stands in an element until its script has come; then the element shows its own state. */
function placeholder(name: string): Html {
  return html`<span class="placeholder">${name}: connecting…</span>`;
}
