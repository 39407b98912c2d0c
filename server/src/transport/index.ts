import type { Log } from '../observe/types.js';
import type { Transport, TransportHandlers, TransportOptions } from './types.js';

/**
 * @param name `auto` takes uWebSockets.js, and `ws` with a warning where it has no binary
 * @throws where `uws` is asked for and cannot be loaded
 */
export async function createTransport(
  name: 'auto' | 'uws' | 'ws',
  options: TransportOptions,
  handlers: TransportHandlers,
  log: Log,
): Promise<Transport> {
  if (name !== 'ws') {
    const { UwsTransport, loadUws } = await import('./uws.js');
    const uws = await loadUws().catch((error: unknown) => {
      if (name === 'uws') throw error;
      log.warn('uWebSockets.js cannot be loaded here; the slower ws is used instead.', { error });
      return null;
    });
    if (uws !== null) return new UwsTransport(uws, options, handlers, log);
  }
  const { WsTransport } = await import('./ws.js');
  return new WsTransport(options, handlers, log);
}
