import type { LoopbackSeed } from '@lms-live/client/loopback';
import { AT, author, names, sortedAs, until, within, type Scene } from './reads.js';
import { createStand } from './stand.js';

/** Names of those who are here, wait, are expected or banned, with what they write at the door. */
export async function people(): Promise<Scene> {
  const stand = createStand();
  const { server } = stand.given;
  const present = ['luis', 'helper'].map((name) => server.as(name));
  for (const actor of present) {
    await actor.join();
    await actor.send('hand.raise', {});
  }
  const element = await stand.mount('lms-people', 'teacher');
  return {
    atOnce: 200,
    show: async (texts) => {
      const all = texts.join('\n');
      const waits = texts.map((text, nth) => ({
        participant: `w${nth}`,
        name: text,
        since: AT,
        why: 'lobby',
        note: text,
      }));
      const expected = texts.map((text, nth) => ({ participant: `e${nth}`, name: text, role: 'student' }));
      stand.say({ frame: 'lobby', count: waits.length, people: waits });
      stand.say({ frame: 'roster', total: expected.length, people: expected });
      await server.seed(
        ...present.map(({ participant }): LoopbackSeed => ({ type: 'person.named', body: { participant, name: all } })),
        ...names(texts),
        ...texts.map((_, nth): LoopbackSeed => ({
          type: 'person.barred',
          log: 'staff',
          body: { participant: author(nth), bar: 'room', barred: true, until: null, reason: 'spam' },
        })),
      );
      const lists = ['[part~=lobby]', '[part~=missing]', '[part~=banned]'];
      await until(
        element,
        () =>
          element.renderRoot.querySelector('.scroller > ul')?.textContent.includes(all) === true &&
          lists.every((css) => element.renderRoot.querySelectorAll(`${css} .person`).length >= texts.length),
      );
      const rows = (css: string, what: string): (string | null)[] =>
        [...element.renderRoot.querySelectorAll(`${css} .person`)].map(
          (row) => row.querySelector(what)?.textContent ?? null,
        );
      return {
        'somebody who is here': within(element, '.scroller > ul', texts),
        'who waits': rows('[part~=lobby]', 'bdi'),
        'what they write': rows('[part~=lobby]', '[part~=note]'),
        'who is missing': sortedAs(texts, rows('[part~=missing]', 'bdi')),
        'who is banned': sortedAs(texts, rows('[part~=banned]', 'bdi')),
        'a raised hand': within(element, '.hands', texts),
      };
    },
  };
}
