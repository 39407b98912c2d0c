import type { LmsMeetingRoom } from '../../meeting-room/meeting-room.js';
import { textOf } from './look.js';
import { AT, until, within, type Scene } from './reads.js';
import { createStand } from './stand.js';

/** The stage: its title, who is on it, and who waits. */
export async function call(): Promise<Scene> {
  const stand = createStand();
  const { server } = stand.given;
  const luis = server.as('luis');
  await luis.join();
  await luis.setMedia({ live: true });
  const room = await stand.mount<LmsMeetingRoom>('lms-meeting-room', 'teacher');
  await until(room, () => room.renderRoot.querySelector('.enter') !== null);
  await room.join();
  const classroom = await stand.mount('lms-classroom', 'helper');
  return {
    atOnce: 200,
    show: async (texts) => {
      const all = texts.join('\n');
      stand.say({
        frame: 'lobby',
        count: 3,
        people: [1, 2, 3].map((nth) => ({
          participant: `w${nth}`,
          name: all,
          since: AT,
          why: 'lobby',
          note: all,
        })),
      });
      await server.seed(
        { type: 'room.changed', body: { title: all, description: all } },
        { type: 'person.named', body: { participant: luis.participant, name: all } },
      );
      await until(room, () => textOf(room.renderRoot).split(all).length >= 4);
      await until(classroom, () => textOf(classroom.renderRoot).includes(all));
      return {
        title: within(room, 'h2', texts),
        'somebody on the stage': within(room, '.tile:not(.own)', texts),
        'who waits': within(room, '[part~=lobby]', texts),
        'in the classroom': texts.map((text) => (textOf(classroom.renderRoot).includes(text) ? text : null)),
      };
    },
  };
}
