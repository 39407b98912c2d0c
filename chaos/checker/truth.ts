import type { LogName } from '@lms-live/protocol';

/** What a store holds at the end: the one sequence that everybody must have seen a prefix of. */
export interface Truth {
  readonly rooms: readonly TruthRoom[];
}

export interface TruthRoom {
  readonly tenant: string;
  readonly id: string;
  readonly logs: readonly TruthLog[];
  /** The answers that were given, by actor and `cmid`: the JSON of `{positions, result}`. */
  readonly commands: readonly { readonly actor: string; readonly cmid: string; readonly answer: string }[];
  /** Participants by the `sub` of their token. */
  readonly participants: ReadonlyMap<string, string>;
  /** Votes that stand. */
  readonly votes: readonly { readonly question: string; readonly participant: string }[];
}

export interface TruthLog {
  readonly log: LogName;
  /** The participant of a `me` log, else empty. */
  readonly owner: string;
  readonly epoch: string;
  readonly head: { readonly offset: number; readonly hash: string };
  /** By offset. */
  readonly events: readonly TruthEvent[];
}

export interface TruthEvent {
  readonly offset: number;
  readonly id: string;
  readonly at: number;
  readonly type: string;
  readonly by: string | null;
  readonly salt: string | null;
  readonly digest: string;
  readonly hash: string;
  /** The exact text; null where it was erased. */
  readonly body: string | null;
}

/** The body as an object; empty where it was erased. */
export function bodyOf({ body }: TruthEvent): Readonly<Record<string, unknown>> {
  return body === null ? {} : (JSON.parse(body) as Readonly<Record<string, unknown>>);
}
