import type { PersonItem, RoomState } from '@lms-live/client';
import type { MediaSource } from '@lms-live/protocol';
import { html, nothing, type TemplateResult } from 'lit';
import EllipsisVertical from 'lucide/dist/esm/icons/ellipsis-vertical.mjs';
import MicOff from 'lucide/dist/esm/icons/mic-off.mjs';
import Mic from 'lucide/dist/esm/icons/mic.mjs';
import ScreenShareOff from 'lucide/dist/esm/icons/screen-share-off.mjs';
import ScreenShare from 'lucide/dist/esm/icons/screen-share.mjs';
import VideoOff from 'lucide/dist/esm/icons/video-off.mjs';
import Video from 'lucide/dist/esm/icons/video.mjs';
import VolumeX from 'lucide/dist/esm/icons/volume-x.mjs';
import { renderAvatar } from '../internal/avatar.js';
import { icon, type IconNode } from '../internal/icons.js';
import type { Localize } from '../internal/localize.js';
import { liveSessionOf, roleLabel } from '../internal/people-of.js';

interface Row {
  readonly localize: Localize;
  readonly state: RoomState;
  readonly person: PersonItem;
  readonly name: string;
  readonly manage: (anchor: HTMLElement) => void;
}

/** One person of the list: who it is, what is on, and the menu for those who may act on them. */
export function renderPerson({ localize, state, person, name, manage }: Row): TemplateResult {
  const { participant, role, away, isMe, picture } = person;
  const badge = roleLabel(role, localize);
  const label = localize.term('manage', name);
  return html`<li class="person ${away ? 'away' : ''}" part="person">
    ${renderAvatar({ id: participant, name, picture })}
    <span class="who">
      <bdi part="name">${name}</bdi>
      ${isMe ? html`<span class="muted small">(${localize.term('you')})</span>` : nothing}
      ${badge ? html`<span class="badge staff" part="badge">${badge}</span>` : nothing}
      ${away ? html`<span class="muted small">${localize.term('away')}</span>` : nothing}
    </span>
    ${renderMedia({ localize, state, person })}
    ${
      mayManage(person, state)
        ? html`<button
            class="button icon-only small"
            aria-haspopup="menu"
            aria-label=${label}
            title=${label}
            @click=${(event: Event) => manage(event.currentTarget as HTMLElement)}
          >
            ${icon(EllipsisVertical)}
          </button>`
        : nothing
    }
  </li>`;
}

const BLOCKED = [
  ['audio', 'micBlocked', MicOff],
  ['video', 'cameraBlocked', VideoOff],
  ['share', 'shareBlocked', ScreenShareOff],
] as const satisfies readonly (readonly [MediaSource, string, IconNode])[];

/** What a person sends right now, what of it the staff have blocked, and a mute in the chat. */
function renderMedia({ localize, state, person }: Pick<Row, 'localize' | 'state' | 'person'>): TemplateResult {
  const { participant, media } = person;
  const session = liveSessionOf(state, participant);
  const isMutedInChat = state.views.staff.bars.get(participant)?.chat !== undefined;
  const mark = (term: Parameters<Localize['term']>[0] & string, drawing: IconNode, tone = ''): TemplateResult => {
    const label = localize.term(term as 'micOn');
    return html`<span class="mark ${tone}" role="img" aria-label=${label} title=${label}>${icon(drawing)}</span>`;
  };
  return html`<span class="media" part="media">
    ${isMutedInChat ? mark('mutedInChat', VolumeX, 'blocked') : nothing}
    ${session?.share ? mark('shareOn', ScreenShare, 'sharing') : nothing}
    ${session?.video ? mark('cameraOn', Video) : nothing}
    ${session?.audio ? mark('micOn', Mic) : session && media.audio ? mark('micOff', MicOff, 'off') : nothing}
    ${BLOCKED.map(([source, term, drawing]) => (media[source] ? nothing : mark(term, drawing, 'blocked')))}
  </span>`;
}

/** Staff act on students; on other staff only who may promote. */
function mayManage({ isMe, role }: PersonItem, { me, views }: RoomState): boolean {
  if (isMe || !me || views.all.room.state === 'ended') return false;
  const isTeaching = role === 'instructor' || role === 'assistant';
  return me.grants.has('people.promote') || (me.grants.has('people.moderate') && !isTeaching);
}
