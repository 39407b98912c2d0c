import type { PersonItem, RoomState } from '@lms-live/client';
import { BAR_REASONS, type BarReason } from '@lms-live/protocol';
import Ban from 'lucide/dist/esm/icons/ban.mjs';
import ShieldCheck from 'lucide/dist/esm/icons/shield-check.mjs';
import UserMinus from 'lucide/dist/esm/icons/user-minus.mjs';
import VolumeX from 'lucide/dist/esm/icons/volume-x.mjs';
import { ask } from '../internal/dialog.js';
import type { LmsPanel, Perform } from '../internal/lms-panel.js';
import { mediaItems } from '../internal/media-moderation.js';
import { openMenu, present, type MenuItem } from '../internal/menu.js';

interface PersonCase {
  readonly host: LmsPanel;
  readonly state: RoomState;
  readonly person: PersonItem;
  readonly name: string;
  readonly anchor: HTMLElement;
  readonly perform: Perform;
}

/** What the staff may do about a person. */
export function openPersonMenu(given: PersonCase): void {
  const { host, anchor, name } = given;
  openMenu({ anchor, label: host.localize.term('manage', name), items: itemsOf(given), signal: host.stay });
}

function itemsOf(given: PersonCase): MenuItem[] {
  const { host, state, person, perform } = given;
  const { localize } = host;
  const { participant, role } = person;
  const grants = state.me?.grants;
  const isMuted = state.views.staff.bars.get(participant)?.chat !== undefined;
  const moderates = grants?.has('people.moderate') ?? false;
  const media = moderates ? mediaItems({ host, state, participant, perform }) : [];
  const standing = present([
    grants?.has('people.promote') &&
      role !== 'instructor' && {
        label: localize.term(role === 'assistant' ? 'makeStudent' : 'makeAssistant'),
        icon: ShieldCheck,
        run: () => void perform('person.role', { participant, role: role === 'assistant' ? 'student' : 'assistant' }),
      },
    moderates &&
      role === 'student' && {
        label: localize.term(isMuted ? 'unmuteInChat' : 'muteInChat'),
        icon: VolumeX,
        run: () => void perform('person.bar', { participant, bar: 'chat', barred: !isMuted }),
      },
    moderates && {
      label: localize.term('removePerson'),
      icon: UserMinus,
      danger: true,
      divided: true,
      run: () => void remove(given),
    },
    moderates && { label: localize.term('ban'), icon: Ban, danger: true, run: () => void ban(given) },
  ]);
  return [
    ...media,
    ...standing.map((item, index) => (index === 0 && media.length > 0 ? { ...item, divided: true } : item)),
  ];
}

async function remove({ host, person, name, perform }: PersonCase): Promise<void> {
  const { localize } = host;
  const answer = await ask({
    host,
    title: localize.term('removePersonTitle', name),
    text: localize.term('removePersonText'),
    confirm: localize.term('removePerson'),
    cancel: localize.term('cancel'),
    danger: true,
    signal: host.stay,
  });
  if (answer !== null) void perform('person.remove', { participant: person.participant });
}

async function ban({ host, person, name, perform }: PersonCase): Promise<void> {
  const { localize } = host;
  const reason = await ask({
    host,
    title: localize.term('banTitle', name),
    text: localize.term('banText'),
    confirm: localize.term('ban'),
    cancel: localize.term('cancel'),
    danger: true,
    field: {
      label: localize.term('banReason'),
      value: 'other',
      choices: BAR_REASONS.map((choice) => [choice, localize.term(`reason_${choice}`)] as const),
    },
    signal: host.stay,
  });
  if (reason === null) return;
  void perform('person.bar', {
    participant: person.participant,
    bar: 'room',
    barred: true,
    reason: reason as BarReason,
  });
}
