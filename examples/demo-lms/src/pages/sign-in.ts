import { html } from 'hono/html';
import { PEOPLE, type Person } from '../people.js';
import { type Html, initials, layout } from './layout.js';

/** Pick a person: this is a demo, so there are no passwords. `next` is a checked path of this site. */
export function signInPage({ next }: { readonly next: string }): Html {
  return layout({
    title: 'Sign in',
    person: null,
    main: html`<div class="sign-in">
      <h1>Sign in</h1>
      <p class="lead">Who are you today? There is no password: nobody here is real.</p>
      <form method="post" action="/sign-in" class="people">
        <input type="hidden" name="next" value="${next}" />
        ${PEOPLE.map((person) => choice(person))}
      </form>
      <p class="hint">To meet yourself in class, sign in as somebody else in a private window or in another browser.</p>
    </div>`,
  });
}

function choice({ id, name, role, post }: Person): Html {
  return html`<button class="person" name="person" value="${id}">
    <span class="initials" aria-hidden="true">${initials(name)}</span>
    <span class="who"><strong dir="auto">${name}</strong><span class="muted">${post}</span></span>
    <span class="tag ${role}">${role}</span>
  </button>`;
}
