/** A UDP socket on another machine of a network that tests have made. */
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { closeLater } from './cleanup.js';
import type { Host } from './netns.js';

export interface Packet {
  readonly data: Buffer;
  readonly address: string;
  readonly port: number;
}

/** Runs over there: packets as lines of JSON, from its input to the socket and from the socket to its output. */
const PROGRAM = `
  const socket = require('node:dgram').createSocket('udp4');
  const say = (message) => process.stdout.write(JSON.stringify(message) + '\\n');
  socket.on('message', (data, { address, port }) => say({ data: data.toString('base64'), address, port }));
  socket.bind(0, () => say({ port: socket.address().port }));
  require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
    const { data, address, port } = JSON.parse(line);
    socket.send(Buffer.from(data, 'base64'), port, address, () => undefined);
  }).on('close', () => process.exit());
`;

export class FarSocket {
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #packets: Packet[] = [];
  readonly #waiting: ((packet: Packet) => void)[] = [];

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
  }

  static async open(host: Host): Promise<FarSocket> {
    const child = host.spawn(process.execPath, ['--eval', PROGRAM], { stdio: ['pipe', 'pipe', 'inherit'] });
    closeLater(async () => {
      child.kill('SIGKILL');
    });
    const { stdout } = child;
    if (!stdout) throw new Error('The socket has no output.');
    let socket: FarSocket | null = null;
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      createInterface({ input: stdout }).on('line', (line) => {
        const message = JSON.parse(line) as { data?: string; address?: string; port: number };
        if (socket && message.data !== undefined)
          socket.#receive({
            data: Buffer.from(message.data, 'base64'),
            address: message.address ?? '',
            port: message.port,
          });
        else resolve((socket = new FarSocket(child, message.port)));
      });
    });
  }

  send(data: Buffer, address: string, port: number): void {
    this.#child.stdin?.write(`${JSON.stringify({ data: data.toString('base64'), address, port })}\n`);
  }

  /** The next packet; null: none came in time. */
  async receive(withinMs: number): Promise<Packet | null> {
    const packet = this.#packets.shift();
    if (packet) return packet;
    return new Promise((resolve) => {
      const take = (arrived: Packet): void => {
        clearTimeout(timer);
        resolve(arrived);
      };
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(take), 1);
        resolve(null);
      }, withinMs);
      this.#waiting.push(take);
    });
  }

  #receive(packet: Packet): void {
    const take = this.#waiting.shift();
    if (take) take(packet);
    else this.#packets.push(packet);
  }
}
