import type { RoomKind } from '@lms-live/protocol';
import type { Emitter } from './emitter.js';
import type { ServerAddress } from './server-address.js';
import type { Store } from './store.js';
import type { TokenSource } from './token/fetch-token.js';
import type { ConnectOptions, Environment, SocketLike } from './types.js';

export interface SessionOptions {
  readonly environment: Environment;
  readonly address: ServerAddress;
  readonly tenant: string | null;
  readonly room: string | null;
  readonly kind: RoomKind | null;
  readonly password: string | null;
  readonly clientStorage: NonNullable<ConnectOptions['clientStorage']>;
  readonly token: string | null;
  readonly source: TokenSource;
  /** The first token is there: whose session it is. @returns false where another one has taken over */
  readonly identified: (token: string) => boolean;
}

export interface SessionParts extends SessionOptions {
  readonly store: Store;
  readonly emitter: Emitter;
  /** A socket that is being opened already. */
  readonly firstSocket: SocketLike | null;
}
