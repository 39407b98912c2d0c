import type { LogName } from '@lms-live/protocol';
import type { EntryOf } from './history.js';
import type { Violation } from './violation.js';

/** Up to where one reader has everything, over all its connections. */
export class Coverage {
  readonly #logs = new Map<LogName, { upTo: number; readonly ahead: Set<number> }>();

  upTo(log: LogName): number {
    return this.#logs.get(log)?.upTo ?? 0;
  }

  /** A client must not say that it has what it was never sent. */
  hello({ connection, positions, isBorrowed = false }: EntryOf<'opened'>): Violation[] {
    if (isBorrowed) {
      for (const log of ['all', 'me', 'staff'] as const) this.#of(log).upTo = positions[log]?.offset ?? 0;
      return [];
    }
    return (['all', 'me', 'staff'] as const).flatMap((log) => {
      const offset = positions[log]?.offset ?? 0;
      return offset <= this.upTo(log)
        ? []
        : [
            {
              anomaly: 'skipped',
              invariant: 'I9',
              where: connection,
              detail: `the client says that it is at ${String(offset)} of ${log}, and was sent ${String(this.upTo(log))}`,
            } as const,
          ];
    });
  }

  reset({ log, position }: EntryOf<'reset'>): void {
    const known = this.#of(log);
    known.upTo = Math.max(known.upTo, position.offset);
    this.#close(known);
  }

  event({ log, offset }: EntryOf<'event'>): void {
    const known = this.#of(log);
    if (offset > known.upTo) known.ahead.add(offset);
    this.#close(known);
  }

  #close(known: { upTo: number; readonly ahead: Set<number> }): void {
    while (known.ahead.delete(known.upTo + 1)) known.upTo += 1;
    for (const offset of known.ahead) if (offset <= known.upTo) known.ahead.delete(offset);
  }

  #of(log: LogName): { upTo: number; readonly ahead: Set<number> } {
    const known = this.#logs.get(log) ?? { upTo: 0, ahead: new Set<number>() };
    this.#logs.set(log, known);
    return known;
  }
}
