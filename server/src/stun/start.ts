import type { Config } from '../config/types.js';
import type { Log } from '../observe/types.js';
import type { StunOutcome } from './answerer.js';
import { StunResponder } from './responder.js';

export interface StartStunOptions {
  readonly config: Config['stun'];
  readonly log: Log;
  readonly onRequest: (outcome: StunOutcome) => void;
}

/**
 * Starts the STUN server as configured.
 *
 * @returns null: it is off, or its port is taken where calls do not rest on it
 * @throws with what an operator can do about it, where it cannot listen
 */
export async function startStun({ config, log, onRequest }: StartStunOptions): Promise<StunResponder | null> {
  if (config === null) return null;
  const { host, port, isRequired } = config;
  const onError = (error: unknown): void => {
    log.warn('The STUN server had a fault and goes on.', { error });
  };
  try {
    const responder = await StunResponder.listen({ host, port, onRequest, onError });
    log.info('The STUN server is ready.', { host, port: responder.port });
    return responder;
  } catch (cause) {
    if (!isRequired && (cause as NodeJS.ErrnoException).code === 'EADDRINUSE') {
      log.warn(
        'The UDP port of the STUN server is taken, so that calls connect on this machine and in its network alone. Set LMS_LIVE_STUN_PORT.',
        { port },
      );
      return null;
    }
    throw new Error(
      `Cannot listen on UDP ${host.includes(':') ? `[${host}]` : host}:${String(port)} for STUN: the port is taken, needs more rights, or the address is not one of this machine. Set LMS_LIVE_STUN_PORT (off: browsers then need another STUN server in LMS_LIVE_ICE_SERVERS) or LMS_LIVE_STUN_HOST.`,
      { cause },
    );
  }
}
