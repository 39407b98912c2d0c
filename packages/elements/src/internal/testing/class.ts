import type { Environment } from '@lms-live/client';
import { createLoopbackServer, type LoopbackOptions, type LoopbackServer } from '@lms-live/client/loopback';
import { fixtureCleanup, waitUntil } from '@open-wc/testing';
import '../../define/index.js';
import type { LmsElement } from '../lms-element.js';

export const PEOPLE = {
  teacher: { sub: 'teacher', name: 'Miriam Okafor', role: 'instructor' },
  helper: { sub: 'helper', name: 'Jonas Lindqvist', role: 'assistant' },
  anna: { sub: 'anna', name: 'Anna Kovács', role: 'student' },
  luis: { sub: 'luis', name: 'Luis Fernández', role: 'student' },
  guest: { sub: 'guest', name: 'Dr Haddad', role: 'observer' },
} as const;
export type Person = keyof typeof PEOPLE;

/** What is held at this moment: after an element has gone it must be what it was before. */
export interface Held {
  sockets: number;
  timers: number;
  /** Sockets that were ever opened. */
  opened: number;
}

export interface TestClass {
  readonly server: LoopbackServer;
  readonly held: Held;
  environment(person: Person): Partial<Environment>;
  /** Puts an element into the page and waits until it shows what is there. */
  mount<T extends LmsElement>(tag: string, person: Person, properties?: Partial<T>): Promise<T>;
}

/** A class in this page, with counters. */
export function createClass(options: LoopbackOptions = {}): TestClass {
  const server = createLoopbackServer({ people: PEOPLE, leaveGraceMs: 50, ...options });
  const held: Held = { sockets: 0, timers: 0, opened: 0 };
  const environments = new Map<Person, Partial<Environment>>();
  const environment = (person: Person): Partial<Environment> => {
    const known = environments.get(person);
    if (known) return known;
    const counted = count(server.environment(person), held);
    environments.set(person, counted);
    return counted;
  };
  return {
    server,
    held,
    environment,
    async mount<T extends LmsElement>(tag: string, person: Person, properties: Partial<T> = {}): Promise<T> {
      const element = create(tag) as T;
      const given: Partial<LmsElement> = { server: server.url, token: server.tokenFor(person), locale: 'en' };
      Object.assign(element, given, { environment: environment(person) }, properties);
      place().append(element);
      await settled(element);
      return element;
    },
  };
}

function count(environment: Partial<Environment>, held: Held): Partial<Environment> {
  const timers = new Map<unknown, true>();
  const openSocket = environment.openSocket as Environment['openSocket'];
  return {
    ...environment,
    openSocket(url, protocol) {
      held.opened += 1;
      return openSocket(url, protocol);
    },
    setTimer(callback, ms) {
      const timer: unknown = setTimeout(() => {
        if (timers.delete(timer)) held.timers -= 1;
        callback();
      }, ms);
      timers.set(timer, true);
      held.timers += 1;
      return timer;
    },
    clearTimer(timer) {
      if (timers.delete(timer)) held.timers -= 1;
      clearTimeout(timer as number);
    },
  };
}

/** Makes an element that is not in the page yet. */
export function create(tag: string): LmsElement {
  const Element = customElements.get(tag) as new () => LmsElement;
  return new Element();
}

/** A place in the page that goes after each test. */
function place(): HTMLElement {
  const wrapper = document.createElement('div');
  wrapper.className = 'test-place';
  document.body.append(wrapper);
  return wrapper;
}

// A page that is looked at from outside has no test runner.
if ('afterEach' in globalThis)
  afterEach(() => {
    for (const wrapper of document.querySelectorAll('.test-place')) wrapper.remove();
    fixtureCleanup();
  });

/** Waits until the element has left `connecting`, knows everything, and has rendered it. */
export async function settled(element: LmsElement): Promise<void> {
  await waitUntil(
    () => {
      const { state, problem } = element.connection;
      const { state: now, synced } = state?.connection ?? {};
      return (
        problem !== null || (now === 'online' ? synced : now !== undefined && now !== 'idle' && now !== 'connecting')
      );
    },
    'the element settles',
    { timeout: 4_000 },
  );
  await waitUntil(() => !element.renderRoot.querySelector('.skeleton'), 'it shows what is there', { timeout: 4_000 });
  await rendered(element);
}

/** Waits for two pictures and the render in between. */
export async function rendered(element: LmsElement): Promise<void> {
  await frame();
  await frame();
  await element.updateComplete;
}

export function frame(): Promise<void> {
  return new Promise((resolve) => requestAnimationFrame(() => resolve()));
}

// The caller knows what stands there, as with `querySelector`.
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
export function $<T extends Element = HTMLElement>(element: LmsElement, selector: string): T {
  const found = element.renderRoot.querySelector<T>(selector);
  if (!found) throw new Error(`${selector} is not there`);
  return found;
}

export function all<T extends Element = HTMLElement>(element: LmsElement, selector: string): T[] {
  return [...element.renderRoot.querySelectorAll<T>(selector)];
}

/** What a person reads. */
export function textOf(element: LmsElement, selector = '.root'): string {
  return $(element, selector).textContent.replace(/\s+/gu, ' ').trim();
}

/** Waits until something can be read. */
export async function reads(element: LmsElement, text: string | RegExp, selector = '.root'): Promise<void> {
  const isThere = (): boolean => {
    const found = element.renderRoot.querySelector(selector)?.textContent.replace(/\s+/gu, ' ') ?? '';
    return typeof text === 'string' ? found.includes(text) : text.test(found);
  };
  await waitUntil(isThere, `reads ${String(text)}`, { timeout: 4_000 });
  await element.updateComplete;
}

export async function gone(element: LmsElement, selector: string): Promise<void> {
  await waitUntil(() => element.renderRoot.querySelector(selector) === null, `${selector} goes`, { timeout: 4_000 });
}

export async function appears<T extends Element = HTMLElement>(element: LmsElement, selector: string): Promise<T> {
  await waitUntil(() => element.renderRoot.querySelector(selector) !== null, `${selector} appears`, { timeout: 4_000 });
  return $<T>(element, selector);
}

export function write(field: HTMLTextAreaElement | HTMLInputElement, text: string): void {
  field.focus();
  field.value = text;
  field.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true }));
}

export function press(target: Element, key: string, more: KeyboardEventInit = {}): KeyboardEvent {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, composed: true, cancelable: true, ...more });
  target.dispatchEvent(event);
  return event;
}

/** Chooses an item of the menu that a control opens. */
export async function choose(element: LmsElement, control: HTMLElement, label: string): Promise<void> {
  control.click();
  const menu = await appears(element, '.menu');
  const item = [...menu.querySelectorAll('button')].find((button) => button.textContent.trim() === label);
  if (!item) throw new Error(`the menu has no “${label}”: ${menu.textContent.replace(/\s+/gu, ' ')}`);
  item.click();
}

/** What people might write to break out of a text. */
export const HOSTILE_TEXTS = [
  '<img src=x onerror="window.hacked = true">',
  '<script>window.hacked = true</script>',
  '"><svg onload="window.hacked = true">',
  'javascript:window.hacked=true',
  '[x](javascript:window.hacked=true)',
  'https://example.org/"onmouseover="window.hacked=true',
  'data:text/html,<script>window.hacked=true</script>',
  '${window.hacked = true}{{constructor.constructor("window.hacked=true")()}}',
  '<lms-chat server="https://evil.example"></lms-chat>',
  '\u202Etxt.exe <b>bold</b>',
];
