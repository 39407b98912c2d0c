import type { RoomState } from '@lms-live/client';
import type { MediaSource } from '@lms-live/protocol';
import MicOff from 'lucide/dist/esm/icons/mic-off.mjs';
import Mic from 'lucide/dist/esm/icons/mic.mjs';
import ScreenShareOff from 'lucide/dist/esm/icons/screen-share-off.mjs';
import VideoOff from 'lucide/dist/esm/icons/video-off.mjs';
import Video from 'lucide/dist/esm/icons/video.mjs';
import type { LmsElement } from './lms-element.js';
import type { Perform } from './lms-panel.js';
import { present, type MenuItem } from './menu.js';
import { liveSessionOf, roleOf } from './people-of.js';

const BLOCKS = [
  ['audio', 'staffBlockAudio'],
  ['video', 'staffBlockVideo'],
  ['share', 'staffBlockShare'],
] as const satisfies readonly (readonly [MediaSource, string])[];

export interface MediaCase {
  readonly host: LmsElement;
  readonly state: RoomState;
  readonly participant: string;
  readonly perform: Perform;
}

/** What staff may do about what a person sends: only what applies right now. A signal is lost while offline, so then there is none. */
export function mediaItems({ host, state, participant, perform }: MediaCase): MenuItem[] {
  const { localize } = host;
  const session = state.connection.state === 'online' ? liveSessionOf(state, participant) : null;
  const allowed = state.views.all.people.get(participant)?.media;
  const mute = (source: MediaSource) => () => host.client?.signal('mute', { participant, source });
  const ask = (source: 'audio' | 'video') => () => host.client?.signal('ask', { participant, source });
  const now: MenuItem[] = present([
    session?.audio && { label: localize.term('staffMute'), icon: MicOff, run: mute('audio') },
    session?.may.audio && !session.audio && { label: localize.term('staffAskUnmute'), icon: Mic, run: ask('audio') },
    session?.video && { label: localize.term('staffStopCamera'), icon: VideoOff, run: mute('video') },
    session?.may.video && !session.video && { label: localize.term('staffAskCamera'), icon: Video, run: ask('video') },
    session?.share && { label: localize.term('staffStopShare'), icon: ScreenShareOff, run: mute('share') },
  ]);
  if (!allowed) return now;
  const blocks = BLOCKS.map(([source, label], index) => ({
    label: localize.term(label),
    checked: !allowed[source],
    divided: index === 0 && now.length > 0,
    run: () => void perform('person.media', { participant, [source]: !allowed[source] }),
  }));
  return [...now, ...blocks];
}

/** Somebody of the class, by the role they have right now. */
export function isStudent(state: RoomState, participant: string): boolean {
  const role = state.presence.people.get(participant)?.role ?? roleOf(state, participant);
  return role !== 'instructor' && role !== 'assistant';
}
