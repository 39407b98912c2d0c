import { until, within, type Scene } from './reads.js';
import { createStand } from './stand.js';

/** Turned away, by a server that says why in words of its own. */
export async function refused(): Promise<Scene> {
  return {
    atOnce: 500,
    show: async (texts) => {
      const all = texts.join('\n');
      const seen: Record<string, (string | null)[]> = {};
      for (const tag of ['lms-chat', 'lms-qa-panel', 'lms-people', 'lms-meeting-room']) {
        const stand = createStand({ room: { policy: { 'join.lobby': true } } });
        const element = await stand.mount(tag, 'anna');
        stand.say({ frame: 'refused', code: 'made_up', message: all, help: all, retryable: false });
        stand.given.server.closeSockets({ code: 4_500, reason: 'made_up' });
        await until(element, () => element.renderRoot.querySelector('[part~=error]') !== null);
        seen[`why somebody is turned away, in ${tag}`] = within(element, '[part~=error]', texts);
        element.remove();
      }
      return seen;
    },
  };
}
