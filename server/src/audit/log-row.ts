import type { LogKey } from '../storage/types.js';

/** A log as the table of logs has it. */
export interface LogRow extends LogKey {
  readonly key: number;
  readonly tenant: string;
  readonly room: string;
  readonly epoch: string;
  readonly offset: number;
  readonly hash: string;
}
