import { LIMITS, type Message } from '@lms-live/protocol';
import { request } from './request.js';

export interface OlderMessages {
  readonly items: readonly Message[];
  readonly mayHaveMore: boolean;
}

/** A page of messages to everyone before an offset of the log `all`. */
export async function fetchOlderMessages(
  server: string,
  fetch: typeof globalThis.fetch,
  { room, before, token }: { readonly room: string; readonly before: number; readonly token: string },
): Promise<OlderMessages> {
  const path = `/v1/rooms/${encodeURIComponent(room)}/messages?before=${before}&limit=${LIMITS.pageMessages}`;
  const page = (await request(server, fetch, { method: 'GET', path, token })) as {
    items?: readonly Message[];
    next?: number | null;
  } | null;
  const items = Array.isArray(page?.items) ? (page.items as readonly Message[]) : [];
  return { items, mayHaveMore: typeof page?.next === 'number' };
}
