import { textOf } from './look.js';
import { AT, until, within, type Scene } from './reads.js';
import { createStand } from './stand.js';

/** At the door, outside: what the staff write there. */
export async function door(): Promise<Scene> {
  const stand = createStand({ room: { policy: { 'join.lobby': true } } });
  const elements = await Promise.all(
    ['lms-chat', 'lms-qa-panel', 'lms-people', 'lms-meeting-room'].map((tag) => stand.mount(tag, 'anna')),
  );
  return {
    atOnce: 200,
    show: async (texts) => {
      const all = texts.join('\n');
      stand.say({ frame: 'signal', kind: 'lobby.message', from: 'staff', body: { text: all, name: all, at: AT } });
      stand.say({
        frame: 'waiting',
        why: 'lobby',
        message: { text: all, name: all, at: AT },
        room: { id: 'loopback', title: all, description: all, kind: 'meeting', state: 'live', startsAt: null },
        serverTime: AT,
        expiresAt: AT + 3_600_000,
      });
      const seen: Record<string, (string | null)[]> = {};
      for (const element of elements) {
        await until(element, () => textOf(element.renderRoot).includes(all));
        seen[`what the staff write, in ${element.localName}`] = within(element, '[part~=door-message]', texts);
      }
      return seen;
    },
  };
}
