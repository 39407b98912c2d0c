/** A transport on a free port with handlers that a test sets, and clients that are closed with it. */
import { WebSocket } from 'ws';
import type { Log, LogFields } from '../../src/observe/types.js';
import { createTransport } from '../../src/transport/index.js';
import type {
  HttpRequest,
  HttpResponse,
  RequestHead,
  Socket,
  Transport,
  TransportOptions,
} from '../../src/transport/types.js';
import { RawClient, handshake } from './raw-client.js';

export const SUBPROTOCOL = 'lms-live.v1';

/** The server's end of a WebSocket and everything it was told. */
export class ServerSide {
  readonly messages: (string | null)[] = [];
  readonly closes: (readonly [code: number, reason: string])[] = [];
  pongs = 0;
  drains = 0;
  onMessage: (text: string | null) => void = () => undefined;
  onClose: () => void = () => undefined;
  constructor(readonly socket: Socket) {}
}

export interface Handlers {
  handle: (request: HttpRequest) => Promise<HttpResponse> | HttpResponse;
  upgrade: (head: RequestHead) => HttpResponse | null;
  connect: (side: ServerSide) => void;
}

export interface LogLine {
  readonly level: string;
  readonly sentence: string;
  readonly fields: LogFields | undefined;
}

export class LiveTransport {
  readonly sides: ServerSide[] = [];
  readonly logged: LogLine[] = [];
  readonly handlers: Handlers = {
    handle: () => ({ status: 200, body: 'ok' }),
    upgrade: () => null,
    connect: () => undefined,
  };
  readonly #clients: { terminate(): void }[] = [];
  #transport: Transport | null = null;
  port = 0;

  static async start(name: 'uws' | 'ws', options: Partial<TransportOptions> = {}): Promise<LiveTransport> {
    const live = new LiveTransport();
    const log = memoryLog(live.logged);
    const all = {
      host: '127.0.0.1',
      port: 0,
      socketPath: '/v1/socket',
      subprotocol: SUBPROTOCOL,
      maxFrameBytes: 65_536,
      maxBodyBytes: 10_000,
      maxBackpressureBytes: 1_048_576,
      idleTimeoutS: 20,
      trustedProxies: [],
      ...options,
    };
    const transport = await createTransport(
      name,
      all,
      {
        handle: async (request) => await live.handlers.handle(request),
        upgrade: (head) => live.handlers.upgrade(head),
        connect: (socket) => live.#connected(socket),
      },
      log,
    );
    live.#transport = transport;
    live.port = (await transport.listen()).port;
    return live;
  }

  get transport(): Transport {
    if (this.#transport === null) throw new Error('not started');
    return this.#transport;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** The newest server side. */
  get side(): ServerSide {
    const side = this.sides.at(-1);
    if (side === undefined) throw new Error('nobody has connected');
    return side;
  }

  /** An open WebSocket; messages that came are in `received`. */
  async connect(options: { autoPong?: boolean; headers?: Record<string, string> } = {}): Promise<Client> {
    const client = new Client(new WebSocket(`ws://127.0.0.1:${this.port}/v1/socket`, [SUBPROTOCOL], options));
    this.#clients.push(client);
    await client.opened;
    return client;
  }

  async raw(): Promise<RawClient> {
    const client = await RawClient.connect(this.port);
    this.#clients.push({ terminate: () => client.destroy() });
    return client;
  }

  /** A WebSocket as bare bytes. */
  async rawSocket(headers: Readonly<Record<string, string | null>> = {}): Promise<RawClient> {
    const client = await this.raw();
    client.send(handshake(headers));
    await client.until((text) => text.includes('\r\n\r\n'));
    return client;
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) client.terminate();
    await this.#transport?.close();
  }

  #connected(socket: Socket) {
    const side = new ServerSide(socket);
    this.sides.push(side);
    this.handlers.connect(side);
    return {
      onMessage: (text: string | null) => {
        side.messages.push(text);
        side.onMessage(text);
      },
      onPong: () => (side.pongs += 1),
      onDrain: () => (side.drains += 1),
      onClose: (code: number, reason: string) => {
        side.closes.push([code, reason]);
        side.onClose();
      },
    };
  }
}

export class Client {
  readonly received: string[] = [];
  readonly opened: Promise<void>;
  readonly closed: Promise<readonly [code: number, reason: string]>;

  constructor(readonly ws: WebSocket) {
    ws.on('message', (data: Buffer) => this.received.push(data.toString()));
    ws.on('error', () => undefined);
    this.opened = new Promise((resolve, reject) => {
      ws.once('open', resolve);
      ws.once('error', reject);
    });
    this.closed = new Promise((resolve) => {
      ws.once('close', (code: number, reason: Buffer) => resolve([code, reason.toString()]));
    });
  }

  terminate(): void {
    this.ws.terminate();
  }
}

function memoryLog(lines: LogLine[]): Log {
  const at = (level: string) => (sentence: string, fields?: LogFields) => {
    lines.push({ level, sentence, fields });
  };
  const log: Log = {
    error: at('error'),
    warn: at('warn'),
    info: at('info'),
    debug: at('debug'),
    child: () => log,
  };
  return log;
}
