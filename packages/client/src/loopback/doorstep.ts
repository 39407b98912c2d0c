import { encodeServerFrame, LIMITS, type LobbyPerson, type WaitingReason } from '@lms-live/protocol';

/** Somebody who waits, or might have to. */
export interface Knocker {
  readonly participant: string;
  readonly actor: { readonly name: string; readonly picture: string | null };
  /** null: does not wait. */
  readonly waitsFor: WaitingReason | null;
  readonly waitsSince: number;
  readonly note: string | null;
}

export interface DoorstepOptions {
  readonly knockers: () => Iterable<Knocker>;
  /** Tells those who may admit. */
  readonly tell: (text: string) => void;
}

/** What those who may admit are told of the people at the door: told when it has changed. */
export class Doorstep {
  readonly #options: DoorstepOptions;
  #told: string;

  constructor(options: DoorstepOptions) {
    this.#options = options;
    this.#told = this.frame();
  }

  frame(): string {
    const people = new Map<string, LobbyPerson>();
    for (const { participant, actor, waitsFor, waitsSince, note } of this.#options.knockers()) {
      if (waitsFor === null || waitsFor === 'not_started' || waitsFor === 'password' || people.has(participant))
        continue;
      const { name, picture } = actor;
      people.set(participant, {
        participant,
        name,
        ...(picture === null ? {} : { picture }),
        since: waitsSince,
        why: waitsFor,
        ...(note === null ? {} : { note }),
      });
    }
    const named = [...people.values()].sort((a, b) => a.since - b.since).slice(0, LIMITS.maxLobbyNames);
    return encodeServerFrame({ frame: 'lobby', count: people.size, people: named });
  }

  /** Who is let in by an answer of the staff. */
  get waiting(): readonly string[] {
    const answered = [...this.#options.knockers()].filter(
      ({ waitsFor }) => waitsFor === 'lobby' || waitsFor === 'locked',
    );
    return [...new Set(answered.map(({ participant }) => participant))];
  }

  look(): void {
    const text = this.frame();
    if (text === this.#told) return;
    this.#told = text;
    this.#options.tell(text);
  }
}
