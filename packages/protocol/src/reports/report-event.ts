import type { LogEvent } from '../tables/events.js';

/** An event as the reports fold it. */
export type ReportEvent = LogEvent & {
  /** What it is about, where the store knows it: it stays when the body is erased. */
  readonly ref?: string | null;
};
