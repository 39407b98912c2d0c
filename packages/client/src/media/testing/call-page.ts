import type { LoopbackOptions } from '../../loopback.js';
import { settle } from '../../testing/fake-clock.js';
import { LoopbackPage } from '../../testing/loopback-page.js';
import type { MediaWish, RoomClient } from '../../types.js';
import { CallControl } from '../call-control.js';
import { createMediaEnvironment } from '../environment.js';
import type { CallEvents, CallOptions, MediaEnvironment } from '../types.js';
import { FakeDevices } from './fake-devices.js';
import { FakeMesh } from './fake-mesh.js';

const PEOPLE = {
  anna: { sub: 'anna', name: 'Anna', role: 'student' },
  ben: { sub: 'ben', name: 'Ben', role: 'student' },
} as const;
const EVENTS = ['device-lost', 'share-ended', 'muted', 'asked'] as const;

/** One tab with a call, its devices and its mesh in the hands of a test. */
export interface CallTab {
  readonly room: RoomClient;
  readonly call: CallControl;
  readonly devices: FakeDevices;
  /** Every mesh that was made, the newest last. */
  readonly meshes: readonly FakeMesh[];
  /** What the room was told, in order. */
  readonly wishes: readonly (MediaWish | null)[];
  /** What the call has announced. */
  readonly events: readonly (readonly [keyof CallEvents, unknown])[];
}

export interface TabOptions extends Omit<CallOptions, 'environment'> {
  readonly environment?: Partial<MediaEnvironment>;
  /** Another tab of somebody who has one already. */
  readonly another?: boolean;
}

/** A class in the page where people have calls. */
export class CallPage {
  readonly page: LoopbackPage;
  readonly #calls: CallControl[] = [];
  readonly #devices: FakeDevices[] = [];

  constructor(options: LoopbackOptions = {}) {
    this.page = new LoopbackPage({ people: PEOPLE, ...options });
  }

  /** A tab that is connected and not in the class yet. */
  async tab(person: string, options: TabOptions = {}): Promise<CallTab> {
    const { environment, another = false, warm = true, quality = 'auto' } = options;
    const own = another ? { environment: { ...this.page.environment(person) } } : {};
    const connected = this.page.connect(person, { join: false, ...own });
    const devices = new FakeDevices();
    const meshes: FakeMesh[] = [];
    const wishes: (MediaWish | null)[] = [];
    const { setTimer, clearTimer, monotonicMs } = this.page.clock;
    const room = recorded(connected, wishes);
    const call = new CallControl({
      room,
      environment: createMediaEnvironment({
        ...devices.environment,
        hasPeerConnections: true,
        setTimer,
        clearTimer,
        monotonicMs,
        ...environment,
      }),
      createMesh: (given) => {
        const mesh = new FakeMesh(given);
        meshes.push(mesh);
        return mesh;
      },
      warm,
      quality,
    });
    const events: [keyof CallEvents, unknown][] = [];
    for (const event of EVENTS) call.on(event, (detail) => void events.push([event, detail]));
    this.#calls.push(call);
    this.#devices.push(devices);
    await this.pass();
    return { room: connected, call, devices, meshes, wishes, events };
  }

  /** Lets everything happen that takes no time. */
  async pass(ms = 10): Promise<void> {
    await this.page.pass(ms);
    await settle();
  }

  /** Everything is closed; nothing may be left. */
  async end(): Promise<void> {
    for (const call of this.#calls) call.close();
    await this.page.end();
    for (const { live, listeners } of this.#devices)
      if (live.length > 0 || listeners > 0) throw new Error(`Left behind: ${JSON.stringify({ live, listeners })}`);
  }
}

function recorded(room: RoomClient, wishes: (MediaWish | null)[]): RoomClient {
  return new Proxy(room, {
    get(target, name) {
      const value = Reflect.get(target, name, target) as unknown;
      if (typeof value !== 'function') return value;
      return (...given: unknown[]): unknown => {
        if (name === 'setMedia') wishes.push(given[0] as MediaWish | null);
        return (value as (...given: unknown[]) => unknown).apply(target, given);
      };
    },
  });
}
