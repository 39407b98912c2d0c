import { Registry } from './registry.js';
import type { ConnectOptions, RoomClient } from './types.js';

const registry = new Registry();

/**
 * Connects this page to a class. Everything on the page that names the same server, tenant, room and person shares one connection;
 * each call is a holder of it and lets go by `release()`.
 *
 * Never throws: what is wrong with the options shows as the state `failed`, with `attribute_invalid` or `token_missing`.
 */
export function connect(options: ConnectOptions): RoomClient {
  return registry.acquire(options);
}
