import { html } from 'hono/html';
import type { Person } from '../people.js';

export type Html = ReturnType<typeof html>;

/** The frame of every page. `head` comes last in `<head>`. */
export function layout({
  title,
  person,
  head,
  main,
  wide = false,
}: {
  readonly title: string;
  readonly person: Person | null;
  readonly head?: Html;
  readonly main: Html;
  readonly wide?: boolean;
}): Html {
  return html`<!doctype html>
    <html lang="en" dir="ltr">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · Northfield College</title>
        <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/assets/northfield.css" />
        ${head ?? ''}
      </head>
      <body class="${wide ? 'wide' : ''}">
        <a class="skip" href="#main">Skip to the content</a>
        <header class="bar">
          <a class="brand" href="/"><img src="/assets/icon.svg" alt="" width="28" height="28" />Northfield College</a>
          ${person === null ? '' : account(person)}
        </header>
        <main id="main" tabindex="-1">${main}</main>
        ${wide ? '' : footer()}
      </body>
    </html>`;
}

/** The person with a button to leave. */
function account({ name, post }: Person): Html {
  return html`<div class="account">
    <span class="initials" aria-hidden="true">${initials(name)}</span>
    <span class="who"><strong dir="auto">${name}</strong><span class="muted">${post}</span></span>
    <form method="post" action="/sign-out"><button class="quiet">Sign out</button></form>
  </div>`;
}

function footer(): Html {
  return html`<footer class="foot muted">
    Northfield College is a made-up school: a small LMS that shows how any LMS embeds live classes.
  </footer>`;
}

/** The first letters of the first and the last name. */
export function initials(name: string): string {
  const words = name.split(/\s+/);
  const ends = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return ends
    .map((word) => /^./u.exec(word ?? '')?.[0] ?? '')
    .join('')
    .toUpperCase();
}
