/** Without the attack, and under it. */
export type Phase = 'calm' | 'attack';

/** What a parent tells the bystander. */
export type BystanderOrders =
  | { readonly kind: 'start'; readonly url: string; readonly tokens: readonly string[]; readonly seed: number }
  | { readonly kind: 'phase'; readonly phase: Phase | 'stop' };

/** What the bystander has measured. */
export interface BystanderReport {
  /** From a message to its ack, milliseconds. */
  readonly latencies: Readonly<Record<Phase, readonly number[]>>;
  /** What was lost, doubled, reordered, refused or closed. */
  readonly faults: readonly string[];
  readonly sent: number;
  readonly acked: number;
}
