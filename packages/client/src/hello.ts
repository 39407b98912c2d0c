import type { HelloFrame } from '@lms-live/protocol';
import type { SessionOptions } from './session-options.js';

const CLIENT_NAME = 'lms-live-client';

/** The first frame of a connection: what the host has said of the class, and where this page stands. */
export function makeHello(
  { tenant, room, kind, environment }: Pick<SessionOptions, 'tenant' | 'room' | 'kind' | 'environment'>,
  { tabId, ...now }: Pick<HelloFrame, 'token' | 'positions' | 'join' | 'password'> & { readonly tabId: string },
): HelloFrame {
  return {
    frame: 'hello',
    ...now,
    ...(tenant === null ? {} : { tenant }),
    ...(room === null ? {} : { room }),
    ...(kind === null ? {} : { kind }),
    client: { id: tabId, name: CLIENT_NAME, hidden: environment.page?.hidden ?? false },
  };
}
