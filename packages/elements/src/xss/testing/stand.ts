import type { Environment, SocketLike } from '@lms-live/client';
import type { LoopbackOptions } from '@lms-live/client/loopback';
import type { LmsElement } from '../../internal/lms-element.js';
import { createClass, type Person, type TestClass } from '../../internal/testing/class.js';

/** A class in this page, into whose sockets anything may be said. */
export interface Stand {
  readonly given: TestClass;
  mount<T extends LmsElement>(tag: string, person: Person, properties?: Partial<T>): Promise<T>;
  /** Says a frame to everybody, as their server. */
  say(frame: object): void;
}

export function createStand(options: LoopbackOptions = {}): Stand {
  const given = createClass(options);
  const sockets = new Set<SocketLike>();
  const environments = new Map<Person, Partial<Environment>>();
  const environment = (person: Person): Partial<Environment> => {
    const known = environments.get(person);
    if (known) return known;
    const made = given.environment(person);
    const openSocket = made.openSocket as Environment['openSocket'];
    const listened = {
      ...made,
      openSocket: (url: string, protocol: string): SocketLike => {
        const socket = openSocket(url, protocol);
        sockets.add(socket);
        return socket;
      },
    };
    environments.set(person, listened);
    return listened;
  };
  return {
    given,
    mount: <T extends LmsElement>(tag: string, person: Person, properties: Partial<T> = {}) =>
      given.mount<T>(tag, person, { environment: environment(person), ...properties }),
    say: (frame) => {
      const data = JSON.stringify(frame);
      for (const socket of sockets) if (socket.readyState === WebSocket.OPEN) socket.onmessage?.({ data });
    },
  };
}
