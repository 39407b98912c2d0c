import type { LogHead } from '../types.js';

/** The heads of a checkpoint. Nonsense is not for the store to judge: without its heads nothing fits the digest. */
export function readHeads(text: string): LogHead[] {
  try {
    const heads: unknown = JSON.parse(text);
    return Array.isArray(heads) ? (heads as LogHead[]) : [];
  } catch {
    return [];
  }
}
