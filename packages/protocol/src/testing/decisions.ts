import type { Decision, Refused } from '../index.js';

/** The events of a decision as `log type`, with whose log it is: enough to see who learns what. */
export function told(decision: Decision): string[] {
  if (!decision.ok) throw new Error(`refused: ${decision.code} ${JSON.stringify(decision.detail)}`);
  return decision.events.map(({ log, owner, type }) => `${owner === null ? log : `${log}:${owner}`} ${type}`);
}

/** The bodies of a decision's events of one type, in one log or in any. */
export function bodies(decision: Decision, type: string, log?: string): unknown[] {
  if (!decision.ok) throw new Error(`refused: ${decision.code} ${JSON.stringify(decision.detail)}`);
  return decision.events
    .filter((event) => event.type === type && (log === undefined || event.log === log))
    .map(({ body }) => body);
}

/** A refusal as `decide` gives it. */
export function refusal(code: Refused['code'], more: Omit<Refused, 'ok' | 'code'> = {}): Refused {
  return { ok: false, code, ...more };
}

/** Accepted, and nothing to write. */
export const NOTHING_NEW = { ok: true, events: [], rows: [], result: {} } as const;

/** The id of what an accepted command made. */
export function made(decision: Decision): string {
  if (!decision.ok || typeof decision.result['id'] !== 'string') throw new Error('nothing was made');
  return decision.result['id'];
}
