import type { Head } from '@lms-live/protocol';

/** Topics of a room: what everyone, what staff, and what everyone present right now receives. */
export function topicsOf(key: number): { readonly all: string; readonly staff: string; readonly now: string } {
  return { all: `${String(key)}/all`, staff: `${String(key)}/staff`, now: `${String(key)}/now` };
}

/** What a ping says: where logs end. */
export function pingFrame(heads: readonly Head[]): string {
  return JSON.stringify({ frame: 'ping', heads });
}
