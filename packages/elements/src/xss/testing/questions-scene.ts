import type { LoopbackSeed } from '@lms-live/client/loopback';
import type { LmsElement } from '../../internal/lms-element.js';
import { AT, author, included, names, until, type Scene } from './reads.js';
import { createStand } from './stand.js';

/** What is asked and answered, with its labels, and why it was declined. */
export async function questions(): Promise<Scene> {
  const stand = createStand();
  const { server } = stand.given;
  const teacher = await stand.mount('lms-qa-panel', 'teacher');
  const queue = await stand.mount('lms-qa-panel', 'teacher');
  queue.renderRoot.querySelectorAll<HTMLElement>('.tab')[1]?.click();
  const student = await stand.mount('lms-qa-panel', 'anna');
  let batch = 0;
  return {
    atOnce: 100,
    show: async (texts) => {
      batch += 1;
      const id = (nth: number): string => `q${batch}-${nth}`;
      await server.seed(
        ...names(texts),
        ...texts.flatMap((text, nth): LoopbackSeed[] => [
          {
            type: 'question.asked',
            by: author(nth),
            body: { id: id(nth), text, state: 'open', labels: [text], askedAt: AT + nth },
          },
          { type: 'question.changed', by: author(nth), body: { id: id(nth), handledBy: author(nth) } },
          { type: 'question.answered', by: author(nth), body: { id: id(nth), text } },
          {
            type: 'question.asked',
            log: 'staff',
            by: author(nth),
            body: { id: `${id(nth)}-d`, text, state: 'declined', askedAt: AT + nth },
          },
          { type: 'question.changed', log: 'staff', body: { id: `${id(nth)}-d`, state: 'declined', reason: text } },
        ]),
      );
      const seen: Record<string, (string | null)[]> = {};
      const card = (element: LmsElement, key: string): Element | null =>
        element.renderRoot.querySelector(`[data-id="${key}"]`);
      for (const [who, element] of Object.entries({ teacher, student })) {
        await until(element, () => texts.every((_, nth) => card(element, id(nth))?.querySelector('[part~=answer]')));
        const read = (css: string): (string | null)[] =>
          texts.map((_, nth) => card(element, id(nth))?.querySelector(css)?.textContent ?? null);
        seen[`question, to the ${who}`] = read('[part~=question-text]');
        seen[`label, to the ${who}`] = read('[part~=label]');
        seen[`answer, to the ${who}`] = read('[part~=answer] .text');
        seen[`who answered, to the ${who}`] = read('[part~=answer] b');
        seen[`who asked, to the ${who}`] = read('[part~=author]');
        seen[`who sees to it, to the ${who}`] = texts.map((text, nth) => included(card(element, id(nth)), text));
      }
      await until(queue, () => texts.every((_, nth) => card(queue, `${id(nth)}-d`)));
      seen['reason of a refusal'] = texts.map((text, nth) =>
        included(card(queue, `${id(nth)}-d`)?.querySelector('.declined-reason') ?? null, text),
      );
      await server.seed(
        ...texts.flatMap((_, nth): LoopbackSeed[] => [
          { type: 'question.changed', body: { id: id(nth), state: 'removed' } },
          { type: 'question.changed', log: 'staff', body: { id: `${id(nth)}-d`, state: 'removed' } },
        ]),
      );
      return seen;
    },
  };
}
