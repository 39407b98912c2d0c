import { selectPeople, type RoomState } from '@lms-live/client';
import type { Call } from '@lms-live/client/media';
import Phone from 'lucide/dist/esm/icons/phone.mjs';
import Power from 'lucide/dist/esm/icons/power.mjs';
import { classItems } from '../internal/class-items.js';
import { ask } from '../internal/dialog.js';
import type { Perform } from '../internal/lms-panel.js';
import { openMenu } from '../internal/menu.js';
import { registerEnglish } from '../internal/localize.js';
import { peopleStrings } from '../internal/strings/people.js';
import { openPersonMenu } from '../people/person-menu.js';
import type { Control } from './controls.js';
import type { MeetingHost } from './meeting-host.js';

/** Menus and dialogs of the stage. Loaded when the first of them is opened. */
registerEnglish(peopleStrings);

export interface OverlayCase {
  readonly host: MeetingHost;
  readonly state: RoomState;
  readonly anchor: HTMLElement;
  readonly perform: Perform;
}

/** The controls that have no place. */
export function openMore({ host, anchor }: OverlayCase, controls: readonly Control[]): void {
  const items = controls.map(({ label, title, drawing, isPressed, reason, run }) => ({
    label: reason ? `${label}: ${reason}` : (title ?? label),
    icon: drawing,
    disabled: reason !== undefined && reason !== null,
    ...(isPressed ? { checked: true } : {}),
    run: () => run(anchor),
  }));
  openMenu({ anchor, label: host.localize.term('moreControls'), items, signal: host.stay });
}

export function openLayout({ host, anchor }: OverlayCase): void {
  const { localize } = host;
  const names = { auto: 'layoutAuto', grid: 'layoutGrid', speaker: 'layoutSpeaker' } as const;
  const choices = Object.keys(names) as (keyof typeof names)[];
  const title = localize.term('layout');
  openMenu({
    anchor,
    label: title,
    title,
    signal: host.stay,
    items: choices.map((choice) => ({
      label: localize.term(names[choice]),
      checked: host.layout === choice,
      isChoice: true,
      run: () => (host.layout = choice),
    })),
  });
}

export function openLeave(given: OverlayCase): void {
  const { host, anchor } = given;
  const { localize } = host;
  openMenu({
    anchor,
    label: localize.term('leave'),
    signal: host.stay,
    items: [
      { label: localize.term('leave'), icon: Phone, run: () => void host.leave() },
      { label: localize.term('endForAll'), icon: Power, danger: true, run: () => void end(given) },
    ],
  });
}

export function openStaff(given: OverlayCase): void {
  const { host, anchor } = given;
  openMenu({ anchor, label: host.localize.term('staffMenu'), items: classItems(given), signal: host.stay });
}

/** What the staff may do about somebody on the stage: the same as in the list of people. */
export function openTile({ host, state, anchor, perform }: OverlayCase, participant: string): void {
  const person = selectPeople(state, { all: true }).find((one) => one.participant === participant);
  if (!person) return;
  const name = person.name ?? host.localize.term('someone');
  openPersonMenu({ host, state, person, name, anchor, perform });
}

/** Somebody asks to turn something on. Nothing happens without a yes. */
export async function askToTurnOn(
  host: MeetingHost,
  call: Call,
  asked: { source: 'audio' | 'video'; name: string },
): Promise<void> {
  const { localize } = host;
  const isAudio = asked.source === 'audio';
  const answer = await ask({
    host,
    title: localize.term(isAudio ? 'askedUnmute' : 'askedCamera', asked.name),
    text: localize.term('askedText'),
    confirm: localize.term(isAudio ? 'unmute' : 'startCamera'),
    cancel: localize.term('notNow'),
    signal: host.stay,
  });
  if (answer === null) return;
  await (isAudio ? call.setMicrophone(true) : call.setCamera(true));
}

async function end({ host, perform }: OverlayCase): Promise<void> {
  const { localize } = host;
  const answer = await ask({
    host,
    title: localize.term('endTitle'),
    text: localize.term('endText'),
    confirm: localize.term('endForAll'),
    cancel: localize.term('cancel'),
    danger: true,
    signal: host.stay,
  });
  if (answer !== null) void perform('room.end', {});
}
