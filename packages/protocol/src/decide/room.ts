import { LIMITS } from '../tables/limits.js';
import { DEFAULT_POLICY, isPolicyKey, isPolicyValue, POLICY, type PolicyKey } from '../tables/policy.js';
import type { EventBody } from '../tables/events.js';
import { mayBecome, type RoomState } from '../tables/states.js';
import type { Rules } from '../state/rules.js';
import { audit, cleanText, introduce, requireFresh, requireGrant } from './common.js';
import {
  accept,
  NOTHING,
  refuse,
  toAll,
  toStaffAndMe,
  type Accepted,
  type Actor,
  type DraftEvent,
  type Handler,
  type Moment,
  type Refused,
  type SystemHandler,
} from './types.js';

/** The id comes from `moment.newId()`: the server gives the one that the room was asked for by. */
export const create: Handler<'room.create'> = ({ rules, body, actor, moment }) => {
  if (rules.all.room.id !== '') return refuse('room_exists');
  const refused = requireOrder({ startsAt: body.startsAt, endsAt: body.endsAt });
  if (refused) return refused;
  const policy = readPolicy(body.policy ?? {}, () => null);
  if (!policy.ok) return policy;
  const startsAt = body.startsAt ?? null;
  const state = initialState(body.kind, startsAt);
  return accept([
    toAll('room.changed', actor.participant, {
      id: moment.newId(),
      kind: body.kind,
      title: cleanText(body.title ?? ''),
      description: cleanText(body.description ?? ''),
      visibility: body.visibility ?? 'enrolled',
      listed: body.listed ?? true,
      state,
      why: null,
      startsAt,
      endsAt: body.endsAt ?? null,
      openMinutesBefore: body.openMinutesBefore ?? LIMITS.openMinutesBefore,
      heldMinutes: body.heldMinutes ?? LIMITS.heldMinutes,
      createdAt: moment.now,
      liveSince: null,
      endedAt: null,
      engine: body.engine ?? 'auto',
      capacity: body.capacity ?? null,
      locked: body.locked ?? false,
      hasPassword: false,
      policy: { ...DEFAULT_POLICY, ...policy.values },
      fixed: policy.fixed,
    }),
  ]);
};

/** The record, the lock and the settings, each by its own grant; what stays as it is is not told. */
export const change: Handler<'room.change'> = ({ rules, body, actor, moment }) => {
  const { policy: policyPatch, locked, title, description, ifOffset, ...rest } = body;
  const record = {
    ...(title === undefined ? {} : { title: cleanText(title) }),
    ...(description === undefined ? {} : { description: cleanText(description) }),
    ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)),
  };
  const { room } = rules.all;
  const refused =
    (Object.keys(record).length > 0 ? requireGrant(actor, 'room.manage') : null) ??
    (locked === undefined ? null : requireGrant(actor, 'people.moderate')) ??
    (rest.startsAt === undefined && rest.endsAt === undefined ? null : requireOrder({ ...room, ...record }));
  if (refused) return refused;
  const policy = readPolicy(policyPatch ?? {}, (key, value) => requireSetting({ rules, actor, key, value }));
  if (!policy.ok) return policy;
  const stale = requireFresh(rules, ifOffset, [
    ...Object.keys({ ...record, ...(locked === undefined ? {} : { locked }) }).map((key) => `room.${key}`),
    ...Object.keys(policy.values).map((key) => `policy.${key}`),
  ]);
  if (stale) return stale;
  const values = Object.fromEntries(
    Object.entries(policy.values).filter(([key, value]) => room.policy[key as PolicyKey] !== value),
  );
  const fixed =
    actor.role === 'service'
      ? [...new Set([...room.fixed, ...policy.fixed])].filter((key) => !policy.freed.includes(key))
      : room.fixed;
  const news: EventBody<'room.changed'> = {
    ...Object.fromEntries(Object.entries(record).filter(([key, value]) => !stands(room, key, value))),
    ...rescheduled(room, rest.startsAt, moment.now),
    ...(locked === undefined || locked === room.locked ? {} : { locked }),
    ...(Object.keys(values).length === 0 ? {} : { policy: values }),
    ...(fixed.length === room.fixed.length && fixed.every((key) => room.fixed.includes(key))
      ? {}
      : { fixed: [...fixed] }),
  };
  return Object.keys(news).length === 0 ? NOTHING : accept([toAll('room.changed', actor.participant, news)]);
};

/** To `live`, from any state. */
export const start: Handler<'room.start'> = ({ rules, actor, moment }) => {
  if (rules.all.room.state === 'live') return NOTHING;
  const live = become(rules, 'live', actor.participant, {
    why: null,
    ...(rules.all.room.state === 'held' ? {} : { liveSince: moment.now }),
    endedAt: null,
  });
  return live.ok ? accept([...introduce({ rules, actor }), ...live.events, audit(actor, 'room.start')]) : live;
};

/** To `ended`, from any state; everyone’s attendance closes. */
export const end: Handler<'room.end'> = ({ rules, actor, moment }) => {
  if (rules.all.room.state === 'ended') return NOTHING;
  const ended = become(rules, 'ended', actor.participant, { why: null, endedAt: moment.now });
  return ended.ok ? accept([...ended.events, ...allLeave(rules, moment), audit(actor, 'room.end')]) : ended;
};

/** The time before the start has come. */
export const systemOpen: SystemHandler<'system.open'> = ({ rules }) =>
  rules.all.room.state === 'scheduled' ? become(rules, 'open', null) : NOTHING;

/** The start has come. */
export const systemLive: SystemHandler<'system.live'> = ({ rules, moment }) => {
  const { state } = rules.all.room;
  return state === 'open' || state === 'scheduled' ? become(rules, 'live', null, { liveSince: moment.now }) : NOTHING;
};

/** The last member of staff, or the source, was lost. */
export const systemHold: SystemHandler<'system.hold'> = ({ rules, command }) =>
  rules.all.room.state === 'live' ? become(rules, 'held', null, { why: command.why }) : NOTHING;

/** They are back. */
export const systemResume: SystemHandler<'system.resume'> = ({ rules }) =>
  rules.all.room.state === 'held' ? become(rules, 'live', null, { why: null }) : NOTHING;

/** The time is over, or nobody came back. */
export const systemEnd: SystemHandler<'system.end'> = ({ rules, moment }) => {
  if (rules.all.room.state === 'ended') return NOTHING;
  const ended = become(rules, 'ended', null, { why: null, endedAt: moment.now });
  return ended.ok ? accept([...ended.events, ...allLeave(rules, moment)]) : ended;
};

/** What of the record is kept outside the log has changed; `hasPassword` is all that anyone may know of it. */
export const systemRecord: SystemHandler<'system.record'> = ({ rules, command: { hasPassword } }) =>
  rules.all.room.hasPassword === hasPassword ? NOTHING : accept([toAll('room.changed', null, { hasPassword })]);

/** Tells everyone the votes of a question, as they were counted. */
export const systemTally: SystemHandler<'system.tally'> = ({ rules, command }) =>
  rules.all.questions.has(command.question) && rules.all.tallies.get(command.question) !== command.votes
    ? accept([toAll('question.tallied', null, { id: command.question, votes: command.votes })])
    : NOTHING;

/** A meeting without a time waits for the first member of staff; everything else for its start. */
function initialState(kind: 'meeting' | 'livestream', startsAt: number | null): RoomState {
  return kind === 'livestream' || startsAt !== null ? 'scheduled' : 'open';
}

type Room = Rules['all']['room'];

function requireOrder({
  startsAt,
  endsAt,
}: {
  startsAt?: number | null | undefined;
  endsAt?: number | null | undefined;
}): Refused | null {
  if (typeof startsAt !== 'number' || typeof endsAt !== 'number' || endsAt > startsAt) return null;
  return refuse('schedule_invalid', { detail: { key: 'endsAt' } });
}

function stands(room: Room, key: string, value: unknown): boolean {
  return Object.hasOwn(room, key) && room[key as keyof Room] === value;
}

/** A class that nobody has started waits again for a later start; a meeting without one is open. */
function rescheduled(room: Room, startsAt: number | null | undefined, now: number): EventBody<'room.changed'> {
  if (startsAt === undefined || startsAt === room.startsAt) return {};
  if (room.state === 'open' && startsAt !== null && startsAt > now) return { state: 'scheduled' };
  if (room.state === 'scheduled' && startsAt === null && room.kind === 'meeting') return { state: 'open' };
  return {};
}

function become(
  rules: Rules,
  state: RoomState,
  by: string | null,
  more: EventBody<'room.changed'> = {},
): Accepted | Refused {
  if (!mayBecome(rules.all.room.state, state))
    return refuse('state_invalid', { detail: { state: rules.all.room.state } });
  return accept([toAll('room.changed', by, { state, ...more })]);
}

/** At the end attendance closes, of who was lost just before when they were last seen; and hands go down. */
function allLeave(rules: Rules, { now, lastSeenAt }: Moment): DraftEvent[] {
  return [
    ...rules.all.hands.map((participant) => toAll('hand.lowered', null, { participant })),
    // By id: the same order from a checkpoint as without one.
    ...rules.staff.present.toJSON().flatMap(([participant, openedAt]) =>
      toStaffAndMe(participant, 'attendance.closed', null, {
        participant,
        seenAt: Math.max(lastSeenAt?.(participant) ?? now, openedAt),
      }),
    ),
  ];
}

function requireSetting({
  rules,
  actor,
  key,
  value,
}: {
  rules: Rules;
  actor: Actor;
  key: PolicyKey;
  value: boolean | number | string;
}): Refused | null {
  const { room } = rules.all;
  const refused = requireGrant(actor, POLICY[key].grant);
  // A form sends all its settings: those that stay as they are may be fixed.
  if (refused || room.policy[key] === value) return refused;
  const isFixed = POLICY[key].fixed === true || (actor.role !== 'service' && room.fixed.includes(key));
  return isFixed ? refuse('policy_fixed', { detail: { key } }) : null;
}

interface PolicyRead {
  readonly ok: true;
  readonly values: Record<string, boolean | number | string>;
  readonly fixed: string[];
  readonly freed: string[];
}

function readPolicy(
  patch: Readonly<Record<string, unknown>>,
  check: (key: PolicyKey, value: boolean | number | string) => Refused | null,
): PolicyRead | Refused {
  const read: PolicyRead = { ok: true, values: {}, fixed: [], freed: [] };
  for (const [key, given] of Object.entries(patch)) {
    if (!isPolicyKey(key)) return refuse('policy_invalid', { detail: { key } });
    const entry =
      typeof given === 'object' && given !== null
        ? (given as { value?: unknown; teacherEditable?: unknown })
        : { value: given };
    if (!isPolicyValue(key, entry.value)) return refuse('policy_invalid', { detail: { key } });
    const value = entry.value as boolean | number | string;
    const refused = check(key, value);
    if (refused) return refused;
    read.values[key] = value;
    if (entry.teacherEditable === false) read.fixed.push(key);
    if (entry.teacherEditable === true) read.freed.push(key);
  }
  return read;
}
