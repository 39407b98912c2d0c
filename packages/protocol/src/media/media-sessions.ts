import type { MediaFrame } from '../frames.js';
import { LIMITS } from '../tables/limits.js';
import {
  MEDIA_SOURCES,
  type MediaMode,
  type MediaSession,
  type MediaSource,
  type MediaSources,
  type NoSessionReason,
} from '../tables/media.js';

/** What is asked of the room: `may` in the light of a mode, as `mediaRights` says. */
export interface MediaHost<Tab> {
  participantOf(tab: Tab): string;
  /** Also asked of a tab whose socket is lost: its media may go on. */
  mayOf(tab: Tab, mode: MediaMode): MediaSources;
  /** Whoever has this tab is present in the class. */
  isJoined(tab: Tab): boolean;
  /** Gets a place before those who have joined earlier: a class without its teacher's face is none. Default nobody. */
  goesFirst?(tab: Tab): boolean;
}

/** What a tab is told of its own session. */
export interface OwnSession {
  readonly rev: number;
  readonly session: MediaSession | null;
  readonly why: NoSessionReason | null;
}

interface Entry<Tab> {
  readonly session: string;
  readonly number: number;
  readonly participant: string;
  /** The one that has it, or had it last. */
  tab: Tab;
  /** The socket of the tab is lost. */
  isAway: boolean;
  rev: number;
  wantsLive: boolean;
  live: boolean;
  /** Of the live ones, in the order of joining; the modes are given in this order. null: has had none yet. */
  place: number | null;
  mode: MediaMode;
  on: MediaSources;
  may: MediaSources;
}

const OFF: MediaSources = Object.freeze({ audio: false, video: false, share: false });

/**
 * The media sessions of one room: who is in the call with which tab, what each takes part in, and what is on.
 * Holds no clock and sends nothing: after each call that may change something, tell the room `list()` and the tabs of `takeChanged()` their `ownOf()`.
 */
export class MediaSessions<Tab> {
  readonly #host: MediaHost<Tab>;
  readonly #entries = new Map<string, Entry<Tab>>();
  readonly #byTab = new Map<Tab, string>();
  /** Tabs that have none: the last wish of each that was answered, and why. */
  readonly #without = new Map<Tab, { readonly rev: number; readonly why: NoSessionReason | null }>();
  readonly #changed = new Set<Tab>();
  #lastNumber = 0;
  #places = AFTER_ALL_NUMBERS;

  constructor(host: MediaHost<Tab>) {
    this.#host = host;
  }

  /** Sessions with media, in the order of their numbers; those of the mode `none` are known to their own tab alone. */
  list(): readonly MediaSession[] {
    return [...this.#entries.values()]
      .filter(({ mode }) => mode !== 'none')
      .map(shown)
      .sort((a, b) => a.number - b.number);
  }

  get size(): number {
    return this.#entries.size;
  }

  get(session: string): MediaSession | null {
    const entry = this.#entries.get(session);
    return entry ? shown(entry) : null;
  }

  /** The tab of a session, null where there is none or its socket is lost. */
  tabOf(session: string): Tab | null {
    const entry = this.#entries.get(session);
    return entry && !entry.isAway ? entry.tab : null;
  }

  sessionOf(tab: Tab): MediaSession | null {
    return this.get(this.#byTab.get(tab) ?? '');
  }

  /** The tabs of a person that have media. */
  tabsOf(participant: string): Tab[] {
    return [...this.#entries.values()].flatMap((entry) =>
      entry.participant === participant && !entry.isAway ? [entry.tab] : [],
    );
  }

  ownOf(tab: Tab): OwnSession {
    const entry = this.#entries.get(this.#byTab.get(tab) ?? '');
    if (entry) return { rev: entry.rev, session: shown(entry), why: null };
    const without = this.#without.get(tab);
    return { rev: without?.rev ?? 0, session: null, why: without?.why ?? null };
  }

  /** Tabs whose own session has changed since this was last asked. */
  takeChanged(): Tab[] {
    const tabs = [...this.#changed];
    this.#changed.clear();
    return tabs;
  }

  /**
   * Takes what a tab wants. A later `rev` wins; an earlier one is a straggler.
   * @param nowMs wall clock: numbers rise with it over restarts
   * @param canResume the room has started lately: a session that it does not know may have been of the process before
   */
  wish(
    tab: Tab,
    frame: MediaFrame,
    { nowMs, canResume }: { readonly nowMs: number; readonly canResume: boolean },
  ): void {
    this.#changed.add(tab);
    const own = this.#entries.get(this.#byTab.get(tab) ?? '');
    if (frame.rev < this.ownOf(tab).rev) return;
    if (!frame.open) {
      const named = own ?? this.#entries.get(frame.session ?? '');
      // It may have been lost in the meantime; nobody ends what is another person's, or another tab's.
      if (named && (named === own || (named.isAway && named.participant === this.#host.participantOf(tab))))
        this.#drop(named);
      this.#without.set(tab, { rev: frame.rev, why: null });
      this.#settle();
      return;
    }
    const entry = own ?? this.#open(tab, frame, { nowMs, canResume });
    if (!entry) return;
    // Said again it changes nothing: what was turned off since stays off.
    if (frame.rev !== entry.rev) entry.on = { audio: frame.audio, video: frame.video, share: frame.share };
    entry.rev = frame.rev;
    entry.wantsLive = frame.live;
    this.#settle();
  }

  /** There are no sessions here, or not any more. */
  deny(tab: Tab, { rev }: Pick<MediaFrame, 'rev'>, why: NoSessionReason | null): void {
    const own = this.#entries.get(this.#byTab.get(tab) ?? '');
    if (own) this.#drop(own);
    this.#changed.add(tab);
    this.#without.set(tab, { rev, why });
    this.#settle();
  }

  /** The socket of a tab is gone; its session waits for `expire`. @returns the session, null where there is none */
  lose(tab: Tab): string | null {
    this.#without.delete(tab);
    this.#changed.delete(tab);
    const entry = this.#entries.get(this.#byTab.get(tab) ?? '');
    this.#byTab.delete(tab);
    if (!entry) return null;
    entry.isAway = true;
    // Nobody is shown the warmed session of somebody who has gone: it is of no use to them.
    if (entry.live) return entry.session;
    this.#drop(entry);
    this.#settle();
    return null;
  }

  /** Closes a session whose tab has not come back. */
  expire(session: string): void {
    const entry = this.#entries.get(session);
    if (!entry?.isAway) return;
    this.#drop(entry);
    this.#settle();
  }

  /** Somebody has left, or was removed. */
  closeOf(participant: string): void {
    this.#closeAll(
      [...this.#entries.values()].filter((entry) => entry.participant === participant),
      null,
    );
  }

  /** The class is over. */
  closeAll(): void {
    this.#closeAll([...this.#entries.values()], 'ended');
  }

  /** Turns a source off; it may be turned on again by a new wish. @returns the tabs to tell of it; one that is away learns it on return */
  mute(source: MediaSource, isMuted: (tab: Tab, participant: string) => boolean): Tab[] {
    const tabs: Tab[] = [];
    for (const entry of this.#entries.values()) {
      if (!entry.on[source] || !isMuted(entry.tab, entry.participant)) continue;
      entry.on = { ...entry.on, [source]: false };
      if (entry.isAway) continue;
      this.#changed.add(entry.tab);
      tabs.push(entry.tab);
    }
    return tabs;
  }

  /** Rights, policy or presence have changed: modes and `may` are worked out anew. */
  refresh(): void {
    this.#settle();
  }

  #open(
    tab: Tab,
    frame: MediaFrame,
    { nowMs, canResume }: { readonly nowMs: number; readonly canResume: boolean },
  ): Entry<Tab> | null {
    const participant = this.#host.participantOf(tab);
    const others = [...this.#entries.values()].filter((entry) => entry.participant === participant);
    const resumed = others.find((entry) => entry.session === frame.session && entry.isAway);
    const holder = others.find((entry) => !entry.isAway);
    if (holder && !frame.take) {
      this.#without.set(tab, { rev: frame.rev, why: 'elsewhere' });
      return null;
    }
    const replaced = others.filter((entry) => entry !== resumed);
    for (const other of replaced) {
      if (!other.isAway) this.#without.set(other.tab, { rev: other.rev, why: 'taken' });
      this.#drop(other);
    }
    this.#without.delete(tab);
    const earlier = canResume && frame.session !== undefined ? numberOf(frame.session, participant, nowMs) : null;
    const entry = resumed ?? this.#create(tab, { nowMs, earlier });
    // Whoever goes on in another tab, after a reload or after a restart of the server, keeps the place in the line.
    const goesOn = replaced.find(({ live }) => live)?.place ?? (entry.number === earlier ? earlier : null);
    if (frame.live) entry.place ??= goesOn;
    entry.tab = tab;
    entry.isAway = false;
    this.#byTab.set(tab, entry.session);
    return entry;
  }

  #create(tab: Tab, { nowMs, earlier }: { readonly nowMs: number; readonly earlier: number | null }): Entry<Tab> {
    const participant = this.#host.participantOf(tab);
    const isFree = earlier !== null && !this.#entries.has(sessionId(participant, earlier));
    const number = isFree ? earlier : Math.max(this.#lastNumber + 1, nowMs);
    this.#lastNumber = Math.max(this.#lastNumber, number);
    const entry: Entry<Tab> = {
      session: sessionId(participant, number),
      number,
      participant,
      tab,
      isAway: false,
      // Before any wish, of which the first may be 0.
      rev: -1,
      wantsLive: false,
      live: false,
      place: null,
      mode: 'none',
      on: OFF,
      may: OFF,
    };
    this.#entries.set(entry.session, entry);
    return entry;
  }

  #closeAll(entries: readonly Entry<Tab>[], why: NoSessionReason | null): void {
    for (const entry of entries) {
      if (!entry.isAway) this.#without.set(entry.tab, { rev: entry.rev, why });
      this.#drop(entry);
    }
    this.#settle();
  }

  #drop(entry: Entry<Tab>): void {
    this.#entries.delete(entry.session);
    if (entry.isAway) return;
    this.#byTab.delete(entry.tab);
    this.#changed.add(entry.tab);
  }

  /** Gives the places of the mesh in the order of joining, after those who go first; whoever only looks at the pre-join gets what is left. */
  #settle(): void {
    for (const entry of this.#entries.values()) {
      if (entry.isAway) continue;
      const live = entry.wantsLive && this.#host.isJoined(entry.tab);
      if (live) entry.place ??= this.#places += 1;
      else if (entry.live) entry.place = null;
      if (live !== entry.live) this.#changed.add(entry.tab);
      entry.live = live;
    }
    const isFirst = ({ live, tab }: Entry<Tab>): boolean => live && this.#host.goesFirst?.(tab) === true;
    const line = [...this.#entries.values()].sort((a, b) => Number(isFirst(b)) - Number(isFirst(a)) || inLine(a, b));
    line.forEach((entry, index) => {
      const mode: MediaMode =
        index < LIMITS.maxVideoSessions ? 'video' : index < LIMITS.maxMediaSessions ? 'audio' : 'none';
      this.#grant(entry, mode);
    });
  }

  #grant(entry: Entry<Tab>, mode: MediaMode): void {
    const may = this.#host.mayOf(entry.tab, mode);
    const on = {
      audio: entry.on.audio && may.audio,
      video: entry.on.video && may.video,
      share: entry.on.share && may.share,
    };
    const isSame =
      mode === entry.mode &&
      MEDIA_SOURCES.every((source) => may[source] === entry.may[source] && on[source] === entry.on[source]);
    if (!isSame && !entry.isAway) this.#changed.add(entry.tab);
    Object.assign(entry, { mode, may, on });
  }
}

/** The live ones in the order of joining, then the others in the order of coming. */
function inLine(a: Entry<unknown>, b: Entry<unknown>): number {
  if (a.live !== b.live) return a.live ? -1 : 1;
  return (a.live ? (a.place ?? 0) - (b.place ?? 0) : 0) || a.number - b.number;
}

function shown<Tab>({ session, number, participant, mode, live, isAway, on, may }: Entry<Tab>): MediaSession {
  return { session, number, participant, mode, live, ...(isAway ? { away: true } : {}), ...on, may };
}

/** A session is named by its number and whose it is, so that after a restart nobody can come back as somebody else's. */
function sessionId(participant: string, number: number): string {
  return `${number.toString(36)}~${participant}`;
}

/** @returns the number in an id of this person, null where it is not one or from a time to come */
function numberOf(session: string, participant: string, nowMs: number): number | null {
  const [digits = ''] = session.split('~', 1);
  const number = /^[0-9a-z]{1,10}$/u.test(digits) ? parseInt(digits, 36) : NaN;
  return number <= nowMs + CLOCK_SLACK_MS && session === sessionId(participant, number) ? number : null;
}

/** Numbers run ahead of the clock where many sessions are opened in one millisecond, or the clock was set back. */
const CLOCK_SLACK_MS = 60_000;

/** Places are counted from here: whoever was there before a restart of the server stands before them, by the number. */
const AFTER_ALL_NUMBERS = 2 ** 52;
