import {
  MEDIA_SOURCES,
  type Head,
  type MediaSource,
  type RtcBody,
  type ServerFrame,
  type ServerFrameOf,
} from '@lms-live/protocol';
import type { CatchUp } from './catch-up.js';
import type { DoorTalk } from './door-talk.js';
import type { Emitter } from './emitter.js';
import { refusalDetail } from './errors.js';
import type { Logs } from './log/logs.js';
import type { Feed } from './feed.js';
import { meOf } from './me.js';
import type { MediaSeat } from './media-seat.js';
import { NOBODY_WAITS } from './no-media.js';
import type { Sender } from './outbox/sender.js';
import type { PresenceList } from './presence.js';
import { selectName } from './selectors/name.js';
import type { ServerClock } from './server-clock.js';
import type { Store } from './store.js';
import type { TokenKeeper } from './token/token-keeper.js';
import type { LmsErrorDetail } from './types.js';
import type { Typing } from './typing.js';

/** A client ping for each so many of the server's: the answer carries the head of this person's own log. */
const PINGS_PER_PING = 4;

/** What the frames of a server act on. */
export interface InboundParts {
  readonly store: Store;
  readonly emitter: Emitter;
  readonly logs: Logs;
  readonly sender: Sender;
  readonly tokens: TokenKeeper;
  readonly presence: PresenceList;
  readonly typing: Typing;
  readonly clock: ServerClock;
  readonly catchUp: CatchUp;
  readonly feed: Feed;
  readonly seat: MediaSeat;
  readonly door: DoorTalk;
  readonly ping: () => void;
  /** What a `welcome` means beyond the logs: who this is, and being joined. */
  readonly welcomed: (frame: ServerFrameOf<'welcome'>) => void;
  /** The connection was refused, or a frame that was no command. */
  readonly refused: (error: LmsErrorDetail) => void;
}

type Handlers = { readonly [K in ServerFrame['frame']]?: (frame: ServerFrameOf<K>, text: string) => void };

/** One handler for each kind of frame. @returns what to call with each frame of a socket that was welcomed */
export function createInbound(parts: InboundParts): (frame: ServerFrame, text: string) => void {
  const { store, emitter, logs, sender, tokens, presence, typing, clock, catchUp, feed, seat } = parts;
  let pings = 0;

  const compare = (heads: readonly Head[]): void => catchUp.soon(() => logs.isBehind(heads));
  const setClock = (): void => store.update({ clockOffsetMs: clock.offsetMs });
  const accepted = (expiresAt: number): void => tokens.accepted(expiresAt - clock.offsetMs);

  const handlers: Handlers = {
    welcome(frame) {
      clock.welcomed(frame.serverTime);
      setClock();
      accepted(frame.expiresAt);
      logs.welcome(frame);
      presence.restart();
      parts.welcomed(frame);
      // Those who see who waits are told anew; until then it stands, so that nothing flickers.
      if (!frame.grants.includes('people.moderate')) store.update({ lobby: NOBODY_WAITS });
      // Where there is no list any more nothing is told of it.
      store.update({ roster: null });
      feed.publish();
      sender.up(frame.limits['maxUnacked']);
    },
    waiting(frame) {
      const { room, serverTime, expiresAt } = frame;
      clock.welcomed(serverTime);
      setClock();
      accepted(expiresAt);
      // At the door nothing has been folded yet: what the server says of the class stands in its place, for a countdown.
      const { id, title, startsAt } = room;
      const known = { id, ...(title !== undefined && { title }), ...(startsAt !== undefined && { startsAt }) };
      logs.changeAll((view) => ({ ...view, room: { ...view.room, ...known } }));
      store.update({ roomId: id });
      parts.door.waits(frame);
      feed.publish();
    },
    reset(frame) {
      feed.reset(frame);
    },
    event(frame, text) {
      logs.receive(frame, text);
      feed.publish();
      if (frame.type === 'person.removed') {
        const participant = (frame.body as { readonly participant?: unknown } | null)?.participant;
        if (typeof participant === 'string') seat.removed(participant);
      }
    },
    ack(frame) {
      sender.acked(frame);
      catchUp.soon(() => !logs.isAt(frame.positions));
    },
    refused(frame) {
      if (frame.cmid === undefined) parts.refused(refusalDetail(frame));
      else sender.refused(frame);
    },
    signal({ kind, from, session, body }) {
      if (kind === 'rtc' && from !== undefined && session !== undefined) {
        emitter.emit('rtc', { session, participant: from, body: body as RtcBody });
        return;
      }
      const source = body['source'];
      if (kind === 'mute' && isMediaSource(source) && seat.muted(source))
        emitter.emit('muted', { by: from ?? null, source });
      if (kind === 'ask' && from !== undefined && (source === 'audio' || source === 'video'))
        emitter.emit('asked', { by: from, source });
      if (from === undefined || from === store.state.me?.participant) return;
      if (kind === 'typing') typing.started(from);
      if (kind === 'reaction' && typeof body['emoji'] === 'string')
        emitter.emit('reaction', { participant: from, emoji: body['emoji'] });
    },
    presence(frame) {
      const change = presence.receive(frame);
      if (!change) {
        catchUp.soon(() => presence.isMissing);
        return;
      }
      store.update({ presence: change.presence });
      const self = store.state.me?.participant;
      for (const participant of change.joined)
        if (participant !== self)
          emitter.emit('person-joined', { participant, name: selectName(store.state, participant) });
      for (const participant of change.left) {
        typing.stopped(participant);
        if (participant !== self)
          emitter.emit('person-left', { participant, name: selectName(store.state, participant) });
      }
    },
    rights({ role, grants }) {
      const { me } = store.state;
      if (!me) return;
      const next = meOf({ participant: me.participant, role, grants }, me);
      if (!next.grants.has('people.moderate')) store.update({ lobby: NOBODY_WAITS });
      if (next.grants.has('staff.read')) logs.expectStaff();
      else {
        logs.wipeStaff();
        store.update({ roster: null });
      }
      store.update({ me: next });
      feed.publish();
    },
    media(frame) {
      seat.listed(frame);
    },
    session(frame) {
      for (const source of seat.answered(frame)) emitter.emit('muted', { by: null, source });
    },
    ice({ ice }) {
      store.update({ ice: Object.freeze(ice) });
    },
    lobby({ count, people }) {
      store.update({ lobby: Object.freeze({ count, people: Object.freeze(people) }) });
    },
    roster({ total, people }) {
      // The host has taken its list back.
      store.update({ roster: total === 0 ? null : Object.freeze({ total, people: Object.freeze(people) }) });
    },
    token({ expiresAt }) {
      if (expiresAt === undefined) {
        tokens.wanted();
        return;
      }
      accepted(expiresAt);
      emitter.emit('token-refreshed', {});
    },
    ping({ heads }) {
      compare(heads);
      pings += 1;
      if (pings % PINGS_PER_PING === 0) parts.ping();
    },
    pong({ serverTime, heads }) {
      clock.ponged(serverTime);
      setClock();
      compare(heads);
    },
  };

  return (frame, text) => {
    const handle = handlers[frame.frame] as ((frame: ServerFrame, text: string) => void) | undefined;
    handle?.(frame, text);
  };
}

function isMediaSource(value: unknown): value is MediaSource {
  return (MEDIA_SOURCES as readonly unknown[]).includes(value);
}
