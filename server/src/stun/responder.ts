/** A STUN server that tells browsers the address that the world sees them at: enough for calls over most NATs (RFC 8489 Binding, RFC 8445 §5.1.1.2). */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { Answerer, type AnswererOptions } from './answerer.js';

export interface StunOptions extends AnswererOptions {
  /** An address of this machine: `::` for all of them, IPv4 and IPv6, and only those of IPv4 where there is no IPv6. */
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** The socket had a fault; it goes on with the next packet. */
  readonly onError?: (error: unknown) => void;
}

export class StunResponder {
  readonly #socket: Socket;

  private constructor(socket: Socket, options: StunOptions) {
    this.#socket = socket;
    const answerer = new Answerer(options);
    socket.on('message', (packet, { address, port }) => {
      const answer = answerer.answer(packet, { address, port });
      // To the address as the system gave it, with its zone. Whoever does not get it asks again: a fault is nobody's.
      if (answer) socket.send(answer, port, address, () => undefined);
    });
    socket.on('error', (error) => options.onError?.(error));
  }

  /** @throws where it cannot listen: the `code` of the error is that of the system, `EADDRINUSE` where the port is taken */
  static async listen(options: StunOptions): Promise<StunResponder> {
    return new StunResponder(await bound(options), options);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  async close(): Promise<void> {
    this.#socket.close();
    await once(this.#socket, 'close');
  }
}

async function bound({ host, port }: StunOptions): Promise<Socket> {
  try {
    return await bind(host, port);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (host !== '::' || (code !== 'EAFNOSUPPORT' && code !== 'EADDRNOTAVAIL')) throw error;
    return bind('0.0.0.0', port);
  }
}

async function bind(host: string, port: number): Promise<Socket> {
  const socket = createSocket({ type: host.includes(':') ? 'udp6' : 'udp4' });
  try {
    socket.bind({ address: host, port, exclusive: true });
    await once(socket, 'listening');
    return socket;
  } catch (error) {
    socket.close();
    throw error;
  }
}
