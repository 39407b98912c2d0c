import type { PolicyKey } from '@lms-live/client';
import type { PolicyPatch } from '@lms-live/protocol';
import MicOff from 'lucide/dist/esm/icons/mic-off.mjs';
import { isStudent, type MediaCase } from './media-moderation.js';
import { present, type MenuItem } from './menu.js';

const SENDS = [
  ['none', 'staffSendNone'],
  ['audio', 'staffSendAudio'],
  ['video', 'staffSendVideo'],
] as const;

/** What staff may do about the whole class. What the host has fixed is shown as it is. */
export function classItems({ host, state, perform }: Omit<MediaCase, 'participant'>): MenuItem[] {
  const { localize } = host;
  const { locked, policy } = state.views.all.room;
  const isHeard = [...state.media.sessions.values()].some(
    ({ audio, live, participant }) => audio && live && isStudent(state, participant),
  );
  const set = (patch: PolicyPatch) => () => void perform('room.change', { policy: patch });
  const fixed = (key: PolicyKey): Pick<MenuItem, 'reason'> =>
    state.views.all.room.fixed.includes(key) ? { reason: localize.term('fixedByHost') } : {};
  const lobby = policy['join.lobby'];
  const share = policy['media.share'] === 'all';
  return present([
    state.connection.state === 'online' &&
      isHeard && {
        label: localize.term('staffMuteAll'),
        icon: MicOff,
        run: () => host.client?.signal('mute', { source: 'audio' }),
      },
    {
      label: localize.term('staffLock'),
      checked: locked,
      run: () => void perform('room.change', { locked: !locked }),
    },
    {
      label: localize.term('staffLobby'),
      checked: lobby,
      ...fixed('join.lobby'),
      run: set({ 'join.lobby': !lobby }),
    },
    ...SENDS.map(([mode, label], index) => ({
      label: localize.term(label),
      checked: policy['media.students'] === mode,
      isChoice: true,
      divided: index === 0,
      ...fixed('media.students'),
      run: set({ 'media.students': mode }),
    })),
    {
      label: localize.term('staffShareAll'),
      checked: share,
      divided: true,
      ...fixed('media.share'),
      run: set({ 'media.share': share ? 'staff' : 'all' }),
    },
  ]);
}
