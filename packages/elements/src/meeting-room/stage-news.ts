import { selectName, type RoomState } from '@lms-live/client';
import { html, type TemplateResult } from 'lit';
import { Announcer } from '../internal/announcer.js';
import { isStaffMember } from '../internal/people-of.js';
import type { MeetingHost } from './meeting-host.js';

/** What is told of others without moving the focus: a screen that is shared, for everyone; hands, for the staff. */
export class StageNews {
  readonly #host: MeetingHost;
  readonly #raised: Announcer;
  readonly #shared: Announcer;
  /** Null before the class: what is so when one comes in is no news. */
  #hands: ReadonlySet<string> | null = null;
  #sharers: ReadonlySet<string> | null = null;

  constructor(host: MeetingHost) {
    const { localize } = host;
    this.#host = host;
    this.#raised = new Announcer(host, (count) => localize.term('handsRaised', count), 'raised');
    this.#shared = new Announcer(host, () => localize.term('sharesMany', this.#sharers?.size ?? 0), 'shared');
  }

  /** Before each render; null outside of the class. */
  prepare(state: RoomState | null): void {
    if (!state) {
      this.#hands = null;
      this.#sharers = null;
      return;
    }
    // Kept up to date also while the list of people tells it, so that nothing old is told afterwards.
    const isTold = this.#host.hasPeopleBeside;
    this.#observeHands(state, isTold);
    this.#observeScreens(state);
  }

  render(): TemplateResult {
    return html`${this.#raised.render()}${this.#shared.render()}`;
  }

  #observeHands(state: RoomState, isTold: boolean): void {
    const hands = new Set(state.views.all.hands.map(({ participant }) => participant));
    const before = this.#hands;
    this.#hands = hands;
    if (!before || isTold || !isStaffMember(state)) return;
    for (const participant of news(hands, before, state))
      this.#raised.say(this.#host.localize.term('handRaised', this.#nameOf(state, participant)));
  }

  #observeScreens(state: RoomState): void {
    const sessions = [...state.media.sessions.values()].filter(({ live, share }) => live && share);
    const sharers = new Set(sessions.map(({ participant }) => participant));
    const before = this.#sharers;
    // Whoever is missing from a list that is not complete may be on the way back, and is no news then.
    this.#sharers = before && !state.media.complete ? new Set([...before, ...sharers]) : sharers;
    if (!before) return;
    for (const participant of news(sharers, before, state))
      this.#shared.say(this.#host.localize.term('sharesScreen', this.#nameOf(state, participant)));
  }

  #nameOf(state: RoomState, participant: string): string {
    return selectName(state, participant) ?? this.#host.localize.term('someone');
  }
}

/** Who is new, oneself aside. */
function news(now: ReadonlySet<string>, before: ReadonlySet<string>, { me }: RoomState): string[] {
  return [...now].filter((participant) => !before.has(participant) && participant !== me?.participant);
}
