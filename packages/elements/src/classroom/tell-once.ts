import type { Fact } from '../internal/connection.js';
import type { LmsElement } from '../internal/lms-element.js';

/** What happens in a class: told by the classroom in place of its parts, since those that were never opened tell nothing. */
export const CLASSROOM_TELLS = [
  'person-joined',
  'person-left',
  'message-posted',
  'question-asked',
  'question-answered',
  'hand-raised',
  'muted',
  'asked',
] as const satisfies readonly Fact[];

/**
 * Each part of a class tells what it hears of the connection, and the page is to hear each thing once. What the classroom tells by itself
 * stops at its edge; what one part alone knows, a lost device, goes on.
 */
export function tellOnce(classroom: LmsElement, root: ShadowRoot): void {
  const stop = (event: Event): void => event.stopPropagation();
  for (const fact of CLASSROOM_TELLS) root.addEventListener(`lms-${fact}`, stop);
  root.addEventListener('lms-connection-changed', stop);

  const told = new WeakSet();
  classroom.addEventListener('lms-error', ({ detail }) => told.add(detail));
  root.addEventListener('lms-error', (event) => {
    const { detail } = event as CustomEvent<object>;
    const { problem, state } = classroom.connection;
    // A part that is opened after a failure tells what has been told.
    if (told.has(detail) || detail === problem || detail === state?.connection.error) stop(event);
  });
}
