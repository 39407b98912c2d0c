/** What can be wrong, in the words of the Maelstrom kafka workload where it has them. */
export const ANOMALIES = {
  lost: 'acknowledged and not there',
  duplicate: 'there more than once',
  reordered: 'not in the order of its sender',
  skipped: 'a reader was sent past an event',
  repeated: 'a reader was sent an event that it had',
  phantom: 'seen and never committed, or refused and there',
  'stale-authority': 'done or read without the right to',
  foreign: 'seen by somebody whom it is not for',
  'inexact-resume': 'a resume that was no replay of exactly what was missing',
  forked: 'a chain of hashes that does not follow from its events',
  gap: 'offsets that are not 1, 2, 3 …',
  'clock-back': 'a time earlier than the one before it',
  'conflicting-answer': 'two answers to one command',
  incomplete: 'a reader that was left behind',
} as const;

/** The name of what is wrong. */
export type Anomaly = keyof typeof ANOMALIES;

/** The invariants that are held here. */
export type Invariant = 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6' | 'I7' | 'I8' | 'I9' | 'I10';

export interface Violation {
  readonly anomaly: Anomaly;
  readonly invariant: Invariant;
  /** The reader, connection, log or command. */
  readonly where: string;
  readonly detail: string;
}
