import fc from 'fast-check';
import { describe, it } from 'vitest';
import { LIMITS, MEDIA_SOURCES, type MediaSession, type MediaSource } from '../index.js';
import { tabOf, TestCall, type Tab } from '../testing/call.js';
import { runs } from '../testing/runs.js';

const PEOPLE = 16;
const TABS = ['left', 'right'] as const;

/** Small numbers, so that what concerns the same person and tab happens often. */
const who = fc.record({ person: fc.nat(PEOPLE - 1), tab: fc.constantFrom(...TABS) });
const wish = fc.record({
  who,
  open: fc.oneof({ weight: 6, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  live: fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  take: fc.boolean(),
  /** Names a session: none, the last one of this tab, or that of somebody else. */
  names: fc.constantFrom('none', 'own', 'other'),
  again: fc.boolean(),
  audio: fc.boolean(),
  video: fc.boolean(),
  share: fc.boolean(),
});
const step = fc.oneof(
  { weight: 10, arbitrary: wish.map((value) => ({ kind: 'wish' as const, ...value })) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('lose' as const), who }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('expire' as const), index: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('join' as const), who, joined: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('leave' as const), who }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('mute' as const), who, source: fc.constantFrom(...MEDIA_SOURCES) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('block' as const),
      who,
      source: fc.constantFrom(...MEDIA_SOURCES),
      allowed: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('policy' as const), students: fc.constantFrom('none', 'audio', 'video') }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('settled' as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** Plays a history, and after each step holds against it what must always be so. */
class Play {
  readonly call = new TestCall();
  readonly tabs = new Map<string, Tab>();
  /** The last `rev` and session of each tab of a person, over its connections. */
  readonly #pages = new Map<string, { rev: number; session: string | undefined }>();
  readonly #owners = new Map<string, string>();
  /** In the order of joining, as far as they are in the call. */
  #line: string[] = [];
  #highest = 0;
  /** Whose place is that of before the restart, and by which session. */
  readonly #returned = new Map<string, MediaSession>();

  do(what: Step): void {
    const { call } = this;
    const before = new Map([...this.tabs.values()].map((tab) => [tab, JSON.stringify(call.sessions.ownOf(tab))]));
    call.sessions.takeChanged();
    this.#act(what);
    const changed = new Set(call.sessions.takeChanged());
    for (const tab of this.tabs.values())
      if (before.has(tab) && before.get(tab) !== JSON.stringify(call.sessions.ownOf(tab)))
        insist(changed.has(tab), 'whose session has changed is told');
    this.#check();
  }

  #act(what: Step): void {
    const { call } = this;
    switch (what.kind) {
      case 'wish':
        this.#wish(what);
        break;
      case 'lose': {
        const key = keyOf(what.who);
        const tab = this.tabs.get(key);
        if (tab) call.sessions.lose(tab);
        this.tabs.delete(key);
        break;
      }
      case 'expire': {
        const away = call.sessions.list().filter(({ away: isAway }) => isAway);
        const one = away[what.index % Math.max(1, away.length)];
        if (one) call.sessions.expire(one.session);
        break;
      }
      case 'join':
        call.standing(nameOf(what.who.person)).joined = what.joined;
        call.sessions.refresh();
        break;
      case 'leave':
        call.sessions.closeOf(nameOf(what.who.person));
        break;
      case 'mute':
        call.sessions.mute(what.source, (_tab, participant) => participant === nameOf(what.who.person));
        break;
      case 'block': {
        const standing = call.standing(nameOf(what.who.person));
        standing.media = { audio: true, video: true, share: true, ...standing.media, [what.source]: what.allowed };
        call.sessions.refresh();
        break;
      }
      case 'policy':
        call.policy = { ...call.policy, 'media.students': what.students };
        call.sessions.refresh();
        break;
      case 'restart':
        call.restart();
        this.tabs.clear();
        this.#line = [];
        this.#returned.clear();
        // Those who come back in the next moments may bring an earlier number along.
        this.#highest = Infinity;
        call.nowMs += 1_000;
        break;
      case 'settled':
        call.canResume = false;
        this.#highest = Math.max(0, ...[...this.#owners.keys()].map((id) => parseInt(id, 36)));
        break;
    }
  }

  #wish({ who: asked, names, again, ...wanted }: Extract<Step, { kind: 'wish' }>): void {
    const { call } = this;
    const key = keyOf(asked);
    const tab = this.tabs.get(key) ?? tabOf(nameOf(asked.person), asked.tab);
    this.tabs.set(key, tab);
    const page = this.#pages.get(key) ?? { rev: 0, session: undefined };
    if (!again || page.rev === 0) page.rev += 1;
    this.#pages.set(key, page);
    const other = [...this.#owners].find(([, owner]) => owner !== tab.participant)?.[0];
    const session = names === 'own' ? page.session : names === 'other' ? other : undefined;
    const { open, live, take, audio, video, share } = wanted;
    const known = new Set(this.#all().map((one) => one.session));
    const own = call.wish(tab, { rev: page.rev, open, live, take, audio, video, share, ...(session && { session }) });
    insist(own.rev === page.rev, 'every wish is answered');
    insist(own.session === null || own.session.participant === tab.participant, 'with one of this person');
    if (own.session && live && !known.has(own.session.session) && this.#owners.has(own.session.session))
      this.#returned.set(tab.participant, own.session);
    page.session = own.session?.session;
  }

  #all(): MediaSession[] {
    const ids = new Set([...this.#owners.keys(), ...this.call.sessions.list().map(({ session }) => session)]);
    for (const tab of this.tabs.values()) {
      const own = this.call.sessions.sessionOf(tab);
      if (own) ids.add(own.session);
    }
    return [...ids].flatMap((id) => this.call.sessions.get(id) ?? []);
  }

  #check(): void {
    const all = this.#all();
    insist(all.length === this.call.sessions.size, 'none is hidden');
    this.#checkIdentity(all);
    this.#checkModes(all);
    for (const one of all) this.#checkRights(one);
    const listed = all.filter(({ mode }) => mode !== 'none').sort((a, b) => a.number - b.number);
    insist(isEqual(this.call.sessions.list(), listed), 'those with media are listed, by their numbers');
  }

  #checkIdentity(all: readonly MediaSession[]): void {
    insist(new Set(all.map(({ participant }) => participant)).size === all.length, 'one session of one person');
    for (const { session, participant, number } of all) {
      const owner = this.#owners.get(session);
      insist(owner === undefined || owner === participant, 'an id belongs to one person for good');
      if (owner === undefined && this.#highest !== Infinity) {
        insist(number > this.#highest, 'numbers rise');
        this.#highest = number;
      }
      this.#owners.set(session, participant);
    }
    for (const tab of this.tabs.values()) {
      const own = this.call.sessions.sessionOf(tab);
      insist(own === null || this.call.sessions.tabOf(own.session) === tab, 'a session has its tab');
    }
  }

  #checkModes(all: readonly MediaSession[]): void {
    const live = all.filter((one) => one.live);
    const modeOf = new Map(live.map(({ participant, mode }) => [participant, mode]));
    for (const [participant, { session }] of this.#returned)
      if (!modeOf.has(participant) && (this.#line.includes(participant) || !this.call.sessions.get(session)))
        this.#returned.delete(participant);
    this.#line = this.#line.filter((participant) => modeOf.has(participant));
    for (const { participant } of live) if (!this.#line.includes(participant)) this.#line.push(participant);
    const before = (participant: string): number => this.#returned.get(participant)?.number ?? Infinity;
    const line = this.#line.map((participant, index) => ({ participant, index }));
    line.sort((a, b) =>
      before(a.participant) === before(b.participant)
        ? a.index - b.index
        : before(a.participant) - before(b.participant),
    );
    const modes = line.map(({ participant }) => modeOf.get(participant));
    insist(
      isEqual(
        modes,
        line.map((_, index) => modeAt(index)),
      ),
      'the modes are given in the order of joining',
    );
    const worst = Math.max(0, ...live.map(({ mode }) => rank(mode)));
    insist(
      all.every((one) => one.live || rank(one.mode) >= worst),
      'nobody on the pre-join is before somebody in the class',
    );
    const counts = (['video', 'audio', 'none'] as const).map((mode) => all.filter((one) => one.mode === mode).length);
    const expected = (['video', 'audio', 'none'] as const).map(
      (mode) => all.filter((_, index) => modeAt(index) === mode).length,
    );
    insist(isEqual(counts, expected), 'no place is left empty, none is given twice');
  }

  #checkRights(one: MediaSession): void {
    const { mode, may, participant } = one;
    const { media } = this.call.standing(participant);
    const { 'media.students': students } = this.call.policy;
    const allowed: Record<MediaSource, boolean> = {
      audio: mode !== 'none' && students !== 'none' && media?.audio !== false,
      video: mode === 'video' && students === 'video' && media?.video !== false,
      share: mode !== 'none' && media?.share !== false,
    };
    for (const source of MEDIA_SOURCES) {
      insist(may[source] === allowed[source], 'may is by policy, block and mode');
      insist(may[source] || !one[source], 'nothing is on that may not be');
    }
  }
}

/** As `expect` does, a hundred thousand times. */
function insist(holds: boolean, what: string): void {
  if (!holds) throw new Error(`not so: ${what}`);
}

function isEqual(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

const nameOf = (person: number): string => `person-${String(person)}`;
const keyOf = ({ person, tab }: { readonly person: number; readonly tab: string }): string =>
  `${nameOf(person)} ${tab}`;
const rank = (mode: MediaSession['mode']): number => ['video', 'audio', 'none'].indexOf(mode);
const modeAt = (index: number): MediaSession['mode'] =>
  index < LIMITS.maxVideoSessions ? 'video' : index < LIMITS.maxMediaSessions ? 'audio' : 'none';

describe('media sessions, whatever happens', () => {
  it('are one for each person, in the order of joining, with nothing on that may not be, and nobody changes unheard', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100, size: 'max' }), (steps) => {
        const play = new Play();
        for (const one of steps) play.do(one);
      }),
      runs(150),
    );
  });
});
