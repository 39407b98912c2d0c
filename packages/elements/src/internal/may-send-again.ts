import type { Pending } from '@lms-live/client';
import type { LmsElement } from './lms-element.js';

/** Nothing can be sent in these. */
const OVER: ReadonlySet<string> = new Set(['failed', 'ended', 'closed']);

/** Whether there is any use in sending what was refused again: a class that is over would refuse it again, and what waits goes out by itself. */
export function maySendAgain({ connection }: LmsElement, { waits }: Pending): boolean {
  const { state } = connection;
  return !waits && state !== null && !OVER.has(state.connection.state) && state.views.all.room.state !== 'ended';
}
