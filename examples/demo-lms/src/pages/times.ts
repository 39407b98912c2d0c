import { html } from 'hono/html';
import type { LiveClass } from '../courses.js';
import type { Html } from './layout.js';

const LOCALE = 'en-GB';
const DAY = new Intl.DateTimeFormat(LOCALE, { weekday: 'long', day: 'numeric', month: 'long' });
const TIME = new Intl.DateTimeFormat(LOCALE, { hour: '2-digit', minute: '2-digit' });

/** `Tomorrow, 10:00–11:00`, by the clock of this LMS. */
export function whenOf({ startsAt, endsAt }: LiveClass, now: Date): Html {
  return html`<time datetime="${startsAt.toISOString()}">${dayOf(startsAt, now)}, ${TIME.format(startsAt)}</time>–<time
      datetime="${endsAt.toISOString()}"
      >${TIME.format(endsAt)}</time
    >`;
}

function dayOf(date: Date, now: Date): string {
  const daysAhead = Math.round((startOfDay(date) - startOfDay(now)) / 86_400_000);
  if (daysAhead === 0) return 'Today';
  if (daysAhead === 1) return 'Tomorrow';
  return DAY.format(date);
}

function startOfDay(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}
