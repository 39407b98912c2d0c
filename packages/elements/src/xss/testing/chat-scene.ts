import type { LoopbackSeed } from '@lms-live/client/loopback';
import type { LmsElement } from '../../internal/lms-element.js';
import { textOf } from './look.js';
import { author, names, until, within, type Scene } from './reads.js';
import { createStand, type Stand } from './stand.js';

/** As much as is shown of what somebody has answered to. */
const QUOTE_CHARS = 120;

/** What is said and quoted, by whom, in the window of a teacher and of a student; what is pinned, and what could not be sent. */
export async function chat(): Promise<Scene> {
  const stand = createStand();
  const { server } = stand.given;
  const teacher = await stand.mount('lms-chat', 'teacher');
  const student = await stand.mount('lms-chat', 'anna');
  let batch = 0;
  return {
    atOnce: 100,
    show: async (texts) => {
      batch += 1;
      const id = (nth: number): string => `m${batch}-${nth}`;
      await server.seed(
        ...names(texts),
        ...texts.map((text, nth): LoopbackSeed => ({
          type: 'chat.posted',
          by: author(nth),
          body: { id: id(nth), text: nth % 2 === 0 ? text : 'not yet', ...(nth > 0 && { replyTo: id(nth - 1) }) },
        })),
        // Every other one is edited into what it is.
        ...texts.flatMap((text, nth): LoopbackSeed[] =>
          nth % 2 === 0 ? [] : [{ type: 'chat.edited', by: author(nth), body: { id: id(nth), text } }],
        ),
      );
      const seen: Record<string, (string | null)[]> = {};
      for (const [who, element] of Object.entries({ teacher, student })) {
        const last = texts.length - 1;
        await until(element, () => rowOf(element, id(last))?.querySelector('.text')?.textContent === texts[last]);
        const rows = texts.map((_, nth) => rowOf(element, id(nth)));
        const read = (css: string): (string | null)[] =>
          rows.map((row) => row?.querySelector(css)?.textContent ?? null);
        seen[`message, to the ${who}`] = read('.text');
        seen[`author, to the ${who}`] = read('[part~=author]');
        // The first has nothing to quote.
        seen[`quote, to the ${who}`] = texts.map((text, nth) =>
          nth === last || text.length > QUOTE_CHARS
            ? text
            : (rows[nth + 1]?.querySelector('.quote bdi:last-child')?.textContent ?? null),
        );
        seen[`quoted author, to the ${who}`] = texts.map((text, nth) =>
          nth === last ? text : (rows[nth + 1]?.querySelector('.quote b bdi')?.textContent ?? null),
        );
      }
      const all = texts.join('\n');
      await server.seed(
        { type: 'chat.posted', by: 'somebody-else', body: { id: id(-1), text: all } },
        { type: 'chat.pinned', body: { id: id(-1), pinned: true } },
      );
      await until(teacher, () => teacher.renderRoot.querySelector('.pins')?.textContent.includes(all));
      seen['pinned message'] = within(teacher, '.pins', texts);
      await server.seed(
        { type: 'chat.pinned', body: { id: id(-1), pinned: false } },
        { type: 'chat.deleted', body: { id: id(-1) } },
      );
      seen['message that is refused, and why'] = await refused(stand, student, texts);
      return seen;
    },
  };
}

/** Somebody's own message, on its way and then refused by a server that says why in words of its own. */
async function refused(stand: Stand, element: LmsElement, texts: readonly string[]): Promise<(string | null)[]> {
  stand.given.server.dropNext('command');
  const text = texts.join('\n').slice(0, 1_900);
  const pending = element.client?.send('chat.post', { text }).catch(() => undefined);
  const mine = (): string | undefined => element.client?.getState().pending.at(-1)?.cmid;
  await until(element, () => mine() !== undefined && textOf(element.renderRoot).includes(text.trim()));
  const why = { code: 'made_up', message: texts.join('\n'), help: texts.join('\n'), retryable: false };
  // Until it is on its way nothing can be said of it.
  await until(element, () => {
    stand.say({ frame: 'refused', cmid: mine() ?? '', ...why });
    return element.renderRoot.querySelector('.failure') !== null;
  });
  const seen = within(element, '.failure', texts);
  element.client?.dropPending(mine() ?? '');
  await pending;
  await until(element, () => element.renderRoot.querySelector('.failure') === null);
  return seen;
}

function rowOf(element: LmsElement, id: string): Element | null {
  const offset = element.client?.getState().views.all.messages.get(id)?.offset;
  return element.renderRoot.querySelector(`[data-key="a${String(offset)}"]`);
}
