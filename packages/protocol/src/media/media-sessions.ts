import type { MediaFrame } from '../frames.js';
import { LIMITS } from '../tables/limits.js';
import type { MediaMode, MediaSession, MediaSource, MediaSources, NoSessionReason } from '../tables/media.js';

/** What is asked of the room: `may` in the light of a mode, as `mediaRights` says. */
export interface MediaHost<Tab> {
  participantOf(tab: Tab): string;
  mayOf(tab: Tab, mode: MediaMode): MediaSources;
  /** Present in the class. */
  isJoined(tab: Tab): boolean;
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
  /** null while its socket is lost. */
  tab: Tab | null;
  rev: number;
  wantsLive: boolean;
  live: boolean;
  /** When it went live, in the order of joining; the modes are given in this order. */
  place: number;
  mode: MediaMode;
  on: MediaSources;
  may: MediaSources;
}

const OFF: MediaSources = Object.freeze({ audio: false, video: false, share: false });
const SOURCES = ['audio', 'video', 'share'] as const satisfies readonly MediaSource[];

/**
 * The media sessions of one room: who is in the call with which tab, what each takes part in, and what is on.
 * Holds no clock and sends nothing: after each call that may change something, tell the room `list()` and the tabs of `takeChanged()` their `ownOf()`.
 */
export class MediaSessions<Tab> {
  readonly #host: MediaHost<Tab>;
  readonly #entries = new Map<string, Entry<Tab>>();
  readonly #byTab = new Map<Tab, string>();
  /** Tabs that want a session and have none, and the last wish of each. */
  readonly #without = new Map<Tab, { readonly rev: number; readonly why: NoSessionReason }>();
  readonly #changed = new Set<Tab>();
  #lastNumber = 0;
  #places = 0;

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
    return this.#entries.get(session)?.tab ?? null;
  }

  sessionOf(tab: Tab): MediaSession | null {
    return this.get(this.#byTab.get(tab) ?? '');
  }

  /** The tabs of a person that have media. */
  tabsOf(participant: string): Tab[] {
    return [...this.#entries.values()].flatMap((entry) =>
      entry.participant === participant && entry.tab !== null ? [entry.tab] : [],
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
    if (own && frame.rev < own.rev) return;
    if (!frame.open) {
      if (own) this.#close(own);
      this.#without.delete(tab);
      return;
    }
    const entry = own ?? this.#open(tab, frame, { nowMs, canResume });
    if (!entry) return;
    entry.rev = frame.rev;
    entry.wantsLive = frame.live;
    entry.on = { audio: frame.audio, video: frame.video, share: frame.share };
    this.#settle();
  }

  /** The socket of a tab is gone; its session waits for `expire`. @returns the session, null where there is none */
  lose(tab: Tab): string | null {
    this.#without.delete(tab);
    this.#changed.delete(tab);
    const entry = this.#entries.get(this.#byTab.get(tab) ?? '');
    this.#byTab.delete(tab);
    if (!entry) return null;
    entry.tab = null;
    // Nobody is shown the warmed session of somebody who has gone: it is of no use to them.
    if (entry.live) return entry.session;
    this.#close(entry);
    return null;
  }

  /** Closes a session whose tab has not come back. */
  expire(session: string): void {
    const entry = this.#entries.get(session);
    if (entry?.tab === null) this.#close(entry);
  }

  /** Somebody has left, or was removed. */
  closeOf(participant: string): void {
    for (const entry of [...this.#entries.values()]) if (entry.participant === participant) this.#close(entry);
  }

  /** The class is over. */
  closeAll(): void {
    for (const entry of [...this.#entries.values()]) {
      if (entry.tab !== null) this.#without.set(entry.tab, { rev: entry.rev, why: 'ended' });
      this.#close(entry);
    }
  }

  /** Turns a source off for whoever it is allowed of; they may turn it on again. @returns the tabs that it went off for */
  mute(source: MediaSource, isMuted: (tab: Tab, participant: string) => boolean): Tab[] {
    const tabs: Tab[] = [];
    for (const entry of this.#entries.values()) {
      if (!entry.on[source] || entry.tab === null || !isMuted(entry.tab, entry.participant)) continue;
      entry.on = { ...entry.on, [source]: false };
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
    const resumed = others.find((entry) => entry.session === frame.session && entry.tab === null);
    const holder = others.find((entry) => entry.tab !== null);
    if (holder && !frame.take) {
      this.#without.set(tab, { rev: frame.rev, why: 'elsewhere' });
      return null;
    }
    for (const other of others) {
      if (other === resumed) continue;
      if (other.tab !== null) this.#without.set(other.tab, { rev: other.rev, why: 'taken' });
      this.#close(other);
    }
    this.#without.delete(tab);
    const earlier = canResume && frame.session !== undefined ? numberOf(frame.session, participant, nowMs) : null;
    const entry = resumed ?? this.#create(participant, { nowMs, earlier });
    entry.tab = tab;
    this.#byTab.set(tab, entry.session);
    return entry;
  }

  #create(
    participant: string,
    { nowMs, earlier }: { readonly nowMs: number; readonly earlier: number | null },
  ): Entry<Tab> {
    const isFree = earlier !== null && !this.#entries.has(sessionId(participant, earlier));
    const number = isFree ? earlier : Math.max(this.#lastNumber + 1, nowMs);
    this.#lastNumber = Math.max(this.#lastNumber, number);
    const entry: Entry<Tab> = {
      session: sessionId(participant, number),
      number,
      participant,
      tab: null,
      rev: 0,
      wantsLive: false,
      live: false,
      place: 0,
      mode: 'none',
      on: OFF,
      may: OFF,
    };
    this.#entries.set(entry.session, entry);
    return entry;
  }

  #close(entry: Entry<Tab>): void {
    this.#entries.delete(entry.session);
    if (entry.tab !== null) {
      this.#byTab.delete(entry.tab);
      this.#changed.add(entry.tab);
    }
    this.#settle();
  }

  /** Gives the places of the mesh in the order of joining; whoever only looks at the pre-join gets what is left. */
  #settle(): void {
    for (const entry of this.#entries.values()) {
      if (entry.tab === null) continue;
      const live = entry.wantsLive && this.#host.isJoined(entry.tab);
      if (live && !entry.live) entry.place = this.#places += 1;
      if (live !== entry.live) this.#changed.add(entry.tab);
      entry.live = live;
    }
    const inOrder = [...this.#entries.values()].sort(
      (a, b) => Number(b.live) - Number(a.live) || a.place - b.place || a.number - b.number,
    );
    inOrder.forEach((entry, index) => {
      const mode: MediaMode =
        index < LIMITS.maxVideoSessions ? 'video' : index < LIMITS.maxMediaSessions ? 'audio' : 'none';
      this.#grant(entry, mode);
    });
  }

  #grant(entry: Entry<Tab>, mode: MediaMode): void {
    const may = entry.tab === null ? entry.may : this.#host.mayOf(entry.tab, mode);
    const on = Object.fromEntries(SOURCES.map((source) => [source, entry.on[source] && may[source]]));
    const next = { mode, may, on: on as unknown as MediaSources };
    if (
      entry.tab !== null &&
      (mode !== entry.mode ||
        SOURCES.some((source) => may[source] !== entry.may[source] || on[source] !== entry.on[source]))
    )
      this.#changed.add(entry.tab);
    Object.assign(entry, next);
  }
}

function shown<Tab>({ session, number, participant, mode, live, tab, on, may }: Entry<Tab>): MediaSession {
  return { session, number, participant, mode, live, ...(tab === null ? { away: true } : {}), ...on, may };
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
