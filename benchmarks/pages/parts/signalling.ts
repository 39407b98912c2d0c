/** The page's end of the small signalling server. */
export interface Message {
  readonly joined?: string;
  readonly peers?: readonly string[];
  readonly came?: string;
  readonly left?: string;
  readonly from?: string;
  readonly data?: Data;
}

/** What pages say to each other. */
export interface Data {
  readonly description?: RTCSessionDescriptionInit;
  readonly candidate?: RTCIceCandidateInit;
  /** `ready` to be called, or `live`: in the class now. */
  readonly said?: 'ready' | 'live';
  /** simple-peer's own messages. */
  readonly signal?: unknown;
}

export class Signalling {
  readonly #socket: WebSocket;
  readonly #room: string;

  private constructor(socket: WebSocket, room: string) {
    this.#socket = socket;
    this.#room = room;
  }

  static async open(url: string, room: string): Promise<Signalling> {
    const socket = new WebSocket(url);
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = reject;
    });
    return new Signalling(socket, room);
  }

  listen(listener: (message: Message) => void): void {
    this.#socket.onmessage = ({ data }) => listener(JSON.parse(data as string) as Message);
  }

  /** @param as the name to be known by; default: the server's choice */
  join(as?: string): void {
    this.#socket.send(JSON.stringify({ join: this.#room, as }));
  }

  /** Without `to`: to everyone else. */
  send(data: Data, to?: string): void {
    this.#socket.send(JSON.stringify({ to, data }));
  }
}
