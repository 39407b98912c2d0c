import type { RoomState } from '@lms-live/client';
import type { Message } from '@lms-live/protocol';
import LockIcon from 'lucide/dist/esm/icons/lock.mjs';
import Pencil from 'lucide/dist/esm/icons/pencil.mjs';
import Pin from 'lucide/dist/esm/icons/pin.mjs';
import PinOff from 'lucide/dist/esm/icons/pin-off.mjs';
import ReplyIcon from 'lucide/dist/esm/icons/reply.mjs';
import Trash from 'lucide/dist/esm/icons/trash.mjs';
import VolumeX from 'lucide/dist/esm/icons/volume-x.mjs';
import { ask } from '../internal/dialog.js';
import { openMenu, present, type MenuItem } from '../internal/menu.js';
import { isStaffMember, roleOf } from '../internal/people-of.js';
import type { LmsPanel, Perform } from '../internal/lms-panel.js';
import type { Draft } from './composer.js';
import { MODE_NAMES } from './writing.js';

interface MenuCase {
  readonly host: LmsPanel;
  readonly state: RoomState;
  readonly anchor: HTMLElement;
  readonly perform: Perform;
}

interface MessageCase extends MenuCase {
  readonly message: Message;
  readonly name: string;
  readonly reply: () => void;
  readonly begin: (draft: Draft, text?: string) => void;
}

/** What can be done with a message: with one's own, and for the staff with any. */
export function openMessageMenu(given: MessageCase): void {
  const { host, anchor } = given;
  openMenu({ anchor, label: host.localize.term('more'), items: itemsOf(given), signal: host.stay });
}

function itemsOf({ host, state, message, name, perform, reply, begin }: MessageCase): MenuItem[] {
  const { localize } = host;
  const { id, by, text, thread } = message;
  const { me, views } = state;
  if (!me || id === null) return [];
  const isOver = views.all.room.state === 'ended';
  const isOwn = by === me.participant;
  const moderates = me.grants.has('chat.moderate');
  const posts = me.grants.has('chat.post') && !isOver;
  const isPinned = views.all.pins.includes(id);
  const isStudent = by !== null && roleOf(state, by) === 'student';
  const isMuted = by !== null && views.staff.bars.get(by)?.chat !== undefined;
  const remove = async (): Promise<void> => {
    const answer = await ask({
      host,
      title: localize.term('removeTitle'),
      text: localize.term('removeText'),
      confirm: localize.term('remove'),
      cancel: localize.term('cancel'),
      danger: true,
      signal: host.stay,
    });
    if (answer !== null) void perform('chat.delete', { id });
  };
  return present([
    posts && { label: localize.term('reply'), icon: ReplyIcon, run: reply },
    posts &&
      isStaffMember(state) &&
      isStudent &&
      thread === null && {
        label: localize.term('writePrivately'),
        icon: LockIcon,
        run: () => begin({ kind: 'private', name, to: by }),
      },
    posts &&
      isOwn && {
        label: localize.term('edit'),
        icon: Pencil,
        run: () => begin({ kind: 'edit', id }, text ?? ''),
      },
    moderates &&
      thread === null && {
        label: localize.term(isPinned ? 'unpin' : 'pin'),
        icon: isPinned ? PinOff : Pin,
        run: () => void perform('chat.pin', { id, pinned: !isPinned }),
      },
    me.grants.has('people.moderate') &&
      isStudent && {
        label: localize.term(isMuted ? 'unmuteInChat' : 'muteInChat'),
        icon: VolumeX,
        run: () => void perform('person.bar', { participant: by, bar: 'chat', barred: !isMuted }),
      },
    (isOwn || moderates) && { label: localize.term('remove'), icon: Trash, danger: true, run: () => void remove() },
  ]);
}

/** Who may write: the modes of the chat. */
export function openModeMenu({ host, state, anchor, perform }: MenuCase): void {
  const { localize } = host;
  const { policy, fixed } = state.views.all.room;
  const title = localize.term('chatMode');
  const modes = Object.entries(MODE_NAMES) as [keyof typeof MODE_NAMES, (typeof MODE_NAMES)[keyof typeof MODE_NAMES]][];
  openMenu({
    anchor,
    label: title,
    title,
    signal: host.stay,
    items: modes.map(([mode, name]) => ({
      label: localize.term(name),
      checked: policy['chat.mode'] === mode,
      disabled: fixed.includes('chat.mode'),
      run: () => void perform('room.change', { policy: { 'chat.mode': mode } }),
    })),
  });
}
