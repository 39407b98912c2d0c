/** TURN as a client speaks it, as far as tests need it (RFC 8656, with the long-term credentials of RFC 8489 §9.2). */
import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { FarSocket } from './far-socket.js';

const COOKIE = Buffer.from('2112a442', 'hex');
const METHODS = { allocate: 0x0003, refresh: 0x0004, permission: 0x0008, channel: 0x0009, connect: 0x000a } as const;
const SEND_INDICATION = 0x0016;
const DATA_INDICATION = 0x0017;
const ATTRIBUTES = {
  channel: 0x000c,
  username: 0x0006,
  integrity: 0x0008,
  error: 0x0009,
  lifetime: 0x000d,
  peer: 0x0012,
  data: 0x0013,
  realm: 0x0014,
  nonce: 0x0015,
  relayed: 0x0016,
  family: 0x0017,
  transport: 0x0019,
} as const;
/** Of REQUESTED-ADDRESS-FAMILY (RFC 8656 §18.6). */
const IPV6 = 2;
/** The first of RFC 8656 §12. */
const FIRST_CHANNEL = 0x4000;
/** IANA protocol numbers, as REQUESTED-TRANSPORT has them. */
export const UDP = 17;
export const TCP = 6;
const UNAUTHORIZED = 401;
const STALE_NONCE = 438;
const ANSWER_MS = 2_000;

export interface Credential {
  readonly username: string;
  readonly credential: string;
}

/** As the live server makes them, computed apart from it. @param expiresAt milliseconds since 1970 */
export function turnCredential({
  secret,
  user,
  expiresAt,
}: {
  secret: string;
  user: string;
  expiresAt: number;
}): Credential {
  const username = `${String(Math.floor(expiresAt / 1_000))}:${user}`;
  return { username, credential: createHmac('sha1', secret).update(username).digest('base64') };
}

export interface TurnAnswer {
  /** 0: granted. */
  readonly code: number;
  /** Seconds. */
  readonly lifetimeS: number;
  readonly relayed: { readonly address: string; readonly port: number } | null;
}

/** The attributes of a request, whose addresses are masked with its transaction id. */
type Body = (transaction: Buffer) => readonly Buffer[];

/** One allocation, or the attempt to get one, from one socket. */
export class TurnClient {
  readonly #socket: FarSocket;
  readonly #server: { readonly address: string; readonly port: number };
  readonly #credential: Credential;
  #realm: Buffer = Buffer.alloc(0);
  #nonce: Buffer = Buffer.alloc(0);
  #channels = 0;

  constructor(socket: FarSocket, server: { readonly address: string; readonly port: number }, credential: Credential) {
    this.#socket = socket;
    this.#server = server;
    this.#credential = credential;
  }

  allocate(transport: number = UDP): Promise<TurnAnswer> {
    return this.#request('allocate', () => [attribute(ATTRIBUTES.transport, Buffer.from([transport, 0, 0, 0]))]);
  }

  /** Asks for an address of IPv6. */
  allocateIpv6(): Promise<TurnAnswer> {
    return this.#request('allocate', () => [
      attribute(ATTRIBUTES.transport, Buffer.from([UDP, 0, 0, 0])),
      attribute(ATTRIBUTES.family, Buffer.from([IPV6, 0, 0, 0])),
    ]);
  }

  refresh(lifetimeS: number): Promise<TurnAnswer> {
    const value = Buffer.alloc(4);
    value.writeUInt32BE(lifetimeS);
    return this.#request('refresh', () => [attribute(ATTRIBUTES.lifetime, value)]);
  }

  /** May that address send to us, and we to it? */
  permit(address: string): Promise<TurnAnswer> {
    return this.#request('permission', (transaction) => [peer({ address, port: 0 }, transaction)]);
  }

  /** The same by a channel, and a few bytes through it, whatever the answer. */
  async bind(address: string, port: number): Promise<TurnAnswer> {
    const number = FIRST_CHANNEL + this.#channels;
    this.#channels += 1;
    const channel = Buffer.alloc(4);
    channel.writeUInt16BE(number);
    const answer = await this.#request('channel', (transaction) => [
      attribute(ATTRIBUTES.channel, channel),
      peer({ address, port }, transaction),
    ]);
    const data = Buffer.alloc(8);
    data.writeUInt16BE(number, 0);
    data.writeUInt16BE(4, 2);
    this.#socket.send(data, this.#server.address, this.#server.port);
    return answer;
  }

  /** Asks it to open a TCP connection (RFC 6062 §4.3). */
  connect(address: string): Promise<TurnAnswer> {
    return this.#request('connect', (transaction) => [peer({ address, port: 80 }, transaction)]);
  }

  /** Sends data to a peer, through the relay. */
  sendTo(address: string, port: number, data: Buffer): void {
    const transaction = randomBytes(12);
    const body = [peer({ address, port }, transaction), attribute(ATTRIBUTES.data, data)];
    this.#socket.send(message(SEND_INDICATION, transaction, body), this.#server.address, this.#server.port);
  }

  /** What a peer has sent through the relay; null: nothing in time. */
  async receiveData(withinMs: number): Promise<Buffer | null> {
    for (;;) {
      const packet = await this.#socket.receive(withinMs);
      if (packet === null) return null;
      if (packet.data.readUInt16BE(0) === DATA_INDICATION) return read(packet.data).get(ATTRIBUTES.data) ?? null;
    }
  }

  async #request(method: keyof typeof METHODS, body: Body): Promise<TurnAnswer> {
    let answer = await this.#ask(METHODS[method], body);
    // The first has no nonce, and a nonce grows old: the server says which to use.
    for (let attempt = 0; attempt < 2 && this.#takeNonce(answer); attempt += 1)
      answer = await this.#ask(METHODS[method], body);
    const error = answer.get(ATTRIBUTES.error);
    const relayed = answer.get(ATTRIBUTES.relayed);
    return {
      code: error ? error.readUInt8(2) * 100 + error.readUInt8(3) : 0,
      lifetimeS: answer.get(ATTRIBUTES.lifetime)?.readUInt32BE() ?? 0,
      relayed: relayed ? addressIn(relayed) : null,
    };
  }

  /** Whether to ask again, because the server has given another nonce than the one that was used. */
  #takeNonce(answer: ReadonlyMap<number, Buffer>): boolean {
    const error = answer.get(ATTRIBUTES.error);
    const code = error ? error.readUInt8(2) * 100 + error.readUInt8(3) : 0;
    const nonce = answer.get(ATTRIBUTES.nonce);
    const isFirst = code === UNAUTHORIZED && this.#nonce.length === 0;
    if (nonce === undefined || (!isFirst && code !== STALE_NONCE)) return false;
    this.#nonce = nonce;
    this.#realm = answer.get(ATTRIBUTES.realm) ?? this.#realm;
    return true;
  }

  async #ask(method: number, body: Body): Promise<ReadonlyMap<number, Buffer>> {
    const { username, credential } = this.#credential;
    const transaction = randomBytes(12);
    const signed = [
      ...body(transaction),
      attribute(ATTRIBUTES.username, Buffer.from(username)),
      attribute(ATTRIBUTES.realm, this.#realm),
      attribute(ATTRIBUTES.nonce, this.#nonce),
    ];
    const key = createHash('md5').update(`${username}:${this.#realm.toString()}:${credential}`).digest();
    const request =
      this.#nonce.length === 0
        ? message(method, transaction, body(transaction))
        : sign(message(method, transaction, signed), key);
    this.#socket.send(request, this.#server.address, this.#server.port);
    for (;;) {
      const packet = await this.#socket.receive(ANSWER_MS);
      if (packet === null) throw new Error('The TURN server did not answer.');
      if (packet.data.subarray(8, 20).equals(transaction)) return read(packet.data);
    }
  }
}

function message(type: number, transaction: Buffer, body: readonly Buffer[]): Buffer {
  const content = Buffer.concat(body);
  const head = Buffer.alloc(4);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(content.length, 2);
  return Buffer.concat([head, COOKIE, transaction, content]);
}

/** MESSAGE-INTEGRITY (RFC 8489 §14.5): the length counts it already, the hash does not. */
function sign(unsigned: Buffer, key: Buffer): Buffer {
  const counted = Buffer.from(unsigned);
  counted.writeUInt16BE(unsigned.length - 20 + 24, 2);
  return Buffer.concat([counted, attribute(ATTRIBUTES.integrity, createHmac('sha1', key).update(counted).digest())]);
}

function attribute(type: number, value: Buffer): Buffer {
  const made = Buffer.alloc(4 + Math.ceil(value.length / 4) * 4);
  made.writeUInt16BE(type, 0);
  made.writeUInt16BE(value.length, 2);
  value.copy(made, 4);
  return made;
}

function read(packet: Buffer): Map<number, Buffer> {
  const found = new Map<number, Buffer>();
  for (let at = 20; at + 4 <= packet.length;) {
    const length = packet.readUInt16BE(at + 2);
    found.set(packet.readUInt16BE(at), packet.subarray(at + 4, at + 4 + length));
    at += 4 + Math.ceil(length / 4) * 4;
  }
  return found;
}

/** XOR-PEER-ADDRESS. */
function peer({ address, port }: { readonly address: string; readonly port: number }, transaction: Buffer): Buffer {
  const bytes = bytesOf(address);
  const mask = Buffer.concat([COOKIE, transaction]);
  const value = Buffer.alloc(4 + bytes.length);
  value.writeUInt8(bytes.length === 4 ? 1 : 2, 1);
  value.writeUInt16BE(port ^ COOKIE.readUInt16BE(0), 2);
  for (const [index, byte] of bytes.entries()) value.writeUInt8(byte ^ (mask[index] ?? 0), 4 + index);
  return attribute(ATTRIBUTES.peer, value);
}

function bytesOf(address: string): Buffer {
  if (!address.includes(':')) return Buffer.from(address.split('.').map(Number));
  const [head = '', tail = ''] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const [first, last] = [head, tail].map((text) => (text === '' ? [] : text.split(':'))) as [string[], string[]];
  const groups = [...first, ...Array<string>(8 - first.length - last.length).fill('0'), ...last];
  return Buffer.from(groups.map((group) => group.padStart(4, '0')).join(''), 'hex');
}

function addressIn(value: Buffer): { address: string; port: number } {
  const bytes = [...value.subarray(4, 8)].map((byte, index) => byte ^ (COOKIE[index] ?? 0));
  return { address: bytes.join('.'), port: value.readUInt16BE(2) ^ COOKIE.readUInt16BE(0) };
}
