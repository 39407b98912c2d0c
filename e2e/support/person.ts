/** Somebody in front of a page of the demo LMS: what they do, and what they see. */
import type { RoomClient } from '@lms-live/client';
import type { CommandInput, CommandType } from '@lms-live/protocol';
import { expect } from 'vitest';
import { CLASS, type Product } from './product.js';
import {
  readMessages,
  readPeople,
  readQuestions,
  type ShownMessage,
  type ShownPerson,
  type ShownQuestion,
} from './shown.js';
import type { Frame, Tab, Target } from './tab.js';
import { eventually, PATIENCE_MS, until } from './until.js';

export interface Head {
  readonly offset: number;
  readonly hash: string;
}

/** `<lms-room>`, as far as tests look into it. */
type RoomElement = HTMLElement & { readonly client: RoomClient | null };

export class Person {
  readonly name: string;
  readonly tab: Tab;
  readonly #product: Product;

  constructor({ name, tab, product }: { readonly name: string; readonly tab: Tab; readonly product: Product }) {
    this.name = name;
    this.tab = tab;
    this.#product = product;
  }

  /** Signs in on the page of the LMS, and arrives at their courses. */
  async signIn(): Promise<void> {
    await this.tab.open(`${this.#product.lmsUrl}/sign-in`);
    await this.tab.click({ css: 'button.person', text: this.name });
    await this.#until('the courses are shown', () => document.querySelector('.class-list') !== null);
  }

  /** Opens the class that is under way, from the dashboard, and is in it. */
  async openClass(): Promise<void> {
    await this.tab.click({ css: `.class-row.on a[href="/classes/${CLASS}"]` });
    await this.inClass();
  }

  async reload(): Promise<void> {
    await this.tab.reload();
    await this.inClass();
  }

  /** Waits until they are in the class and everything that was said is there. */
  async inClass(): Promise<void> {
    await this.#until('the class is there', () => {
      const state = document.querySelector<RoomElement>('lms-room')?.client?.getState();
      const composer = document.querySelector('lms-chat')?.shadowRoot?.querySelector('[part~="composer"]') ?? null;
      return state?.connection.state === 'online' && state.connection.synced && state.joined && composer !== null;
    });
  }

  // ── The chat ──────────────────────────────────────────────────────────────────────────────────────────────────────

  async post(text: string): Promise<void> {
    await this.tab.fill(WRITE, text);
    await this.tab.press('Enter');
  }

  /** Opens the menu of a message and takes an item of it. */
  async onMessage(text: string, item: string): Promise<void> {
    await this.tab.click({ element: 'lms-chat', css: '[part~="message"]', text, within: '[data-do="more"]' });
    await this.#choose('lms-chat', item);
  }

  async edit(text: string, to: string): Promise<void> {
    await this.onMessage(text, 'Edit');
    await this.post(to);
  }

  async remove(text: string): Promise<void> {
    await this.onMessage(text, 'Delete');
    await this.tab.click({ element: 'lms-chat', css: 'dialog button', name: 'Delete' });
  }

  /** From now on to the teachers alone, or to everyone again. */
  async toggleToTeachers(): Promise<void> {
    await this.tab.click({ element: 'lms-chat', css: '[part~="private-toggle"]' });
  }

  /** Who may write: one of the modes by its name in the menu. */
  async setMode(mode: string): Promise<void> {
    await this.tab.click({ element: 'lms-chat', css: 'button', name: 'Who can write' });
    await this.#choose('lms-chat', mode);
  }

  messages(): Promise<ShownMessage[]> {
    return this.tab.evaluate(readMessages, null);
  }

  async texts(): Promise<string[]> {
    return (await this.messages()).map(({ text }) => text);
  }

  /** What the bar above the messages shows. */
  pinned(): Promise<string> {
    return this.#text({ element: 'lms-chat', css: '[part~="pins"] .pin-text > [dir]' });
  }

  /** Why they cannot write, or not now. */
  notice(): Promise<string> {
    return this.#text({ element: 'lms-chat', css: '[part~="notice"]' });
  }

  /** What the thin bar above the content says. */
  bar(): Promise<string> {
    return this.#text({ element: 'lms-chat', css: '[part~="bar"]' });
  }

  canWrite(): Promise<boolean> {
    return this.tab.evaluate(() => {
      const field = document.querySelector('lms-chat')?.shadowRoot?.querySelector('textarea') ?? null;
      return field !== null;
    }, null);
  }

  // ── Questions ─────────────────────────────────────────────────────────────────────────────────────────────────────

  async ask(text: string, { isAnonymous = false } = {}): Promise<void> {
    await this.tab.fill({ element: 'lms-qa-panel', css: '.ask textarea' }, text);
    if (isAnonymous) await this.tab.click({ element: 'lms-qa-panel', css: '.ask input[type="checkbox"]' });
    await this.tab.click({ element: 'lms-qa-panel', css: '[part~="ask-button"]' });
  }

  async vote(question: string): Promise<void> {
    await this.tab.click({ ...questionWith(question), within: '[part~="vote"]' });
  }

  async answer(question: string, text: string): Promise<void> {
    await this.tab.click({ ...questionWith(question), within: '.actions button' });
    await this.tab.fill({ element: 'lms-qa-panel', css: '.inline textarea' }, text);
    await this.tab.click({ element: 'lms-qa-panel', css: '.inline button', name: 'Publish the answer' });
  }

  /** Turns one of the switches of the questions. */
  async setQuestions(item: string): Promise<void> {
    await this.tab.click({ element: 'lms-qa-panel', css: 'button', name: 'Settings of the questions' });
    await this.#choose('lms-qa-panel', item);
  }

  async openQuestionsTab(name: string): Promise<void> {
    await this.tab.click({ element: 'lms-qa-panel', css: '[role="tab"]', text: name });
  }

  async publish(question: string): Promise<void> {
    await this.tab.click({ ...questionWith(question), within: '.actions .primary' });
  }

  async decline(question: string, reason: string): Promise<void> {
    await this.tab.click({ ...questionWith(question), within: '.actions .button:last-child' });
    await this.tab.fill({ element: 'lms-qa-panel', css: 'dialog textarea' }, reason);
    await this.tab.click({ element: 'lms-qa-panel', css: 'dialog button', name: 'Decline' });
  }

  questions(): Promise<ShownQuestion[]> {
    return this.tab.evaluate(readQuestions, null);
  }

  async question(text: string): Promise<ShownQuestion | undefined> {
    return (await this.questions()).find((question) => question.text === text);
  }

  // ── People ────────────────────────────────────────────────────────────────────────────────────────────────────────

  people(): Promise<ShownPerson[]> {
    return this.tab.evaluate(readPeople, null);
  }

  /** Those with a hand up, in order. */
  hands(): Promise<string[]> {
    return this.tab.evaluate(
      () =>
        [...(document.querySelector('lms-people')?.shadowRoot?.querySelectorAll('[part~="hands"] bdi') ?? [])].map(
          ({ textContent }) => textContent,
        ),
      null,
    );
  }

  async toggleHand(): Promise<void> {
    await this.tab.click({ element: 'lms-people', css: '[part~="hand-button"]' });
  }

  async lowerHandOf(name: string): Promise<void> {
    await this.tab.click({ element: 'lms-people', css: 'button', name: `Lower the hand of ${name}` });
  }

  /** Takes an item of the menu of a person. */
  async onPerson(name: string, item: string): Promise<void> {
    await this.tab.click({ element: 'lms-people', css: 'button', name: `Actions for ${name}` });
    await this.#choose('lms-people', item);
  }

  // ── Below the surface ─────────────────────────────────────────────────────────────────────────────────────────────

  /** The random id that stands for them in this class. */
  participant(): Promise<string> {
    return this.tab.evaluate(
      () => document.querySelector<RoomElement>('lms-room')?.client?.getState().me?.participant ?? '',
      null,
    );
  }

  /** Where this page stands in a log; null where it has none. */
  head(log: 'all' | 'staff' | 'me'): Promise<Head | null> {
    return this.tab.evaluate(
      (name) => document.querySelector<RoomElement>('lms-room')?.client?.getState().heads[name] ?? null,
      log,
    );
  }

  /** Sends a command past the controls: where clicks would have to come at the same moment. */
  async send<T extends CommandType>(type: T, body: CommandInput<T>): Promise<void> {
    await this.tab.evaluate(
      async (command) => {
        await document.querySelector<RoomElement>('lms-room')?.client?.send(command.type, command.body);
      },
      { type, body },
    );
  }

  async received(): Promise<string[]> {
    return textsOf(await this.tab.frames());
  }

  /** Asks the live server over HTTP what this person may read. */
  api(path: string): Promise<string> {
    const { liveUrl } = this.#product;
    return this.tab.evaluate(
      async ({ address, room }) => {
        const { token } = (await (await fetch(`/live-token?class=${room}`)).json()) as { token: string };
        return (await fetch(address, { headers: { authorization: `Bearer ${token}` } })).text();
      },
      { address: `${liveUrl}/v1/rooms/${CLASS}${path}`, room: CLASS },
    );
  }

  async #choose(element: string, item: string): Promise<void> {
    await this.tab.click({ element, css: '.menu button', name: item });
  }

  #text(target: Required<Pick<Target, 'element' | 'css'>>): Promise<string> {
    return this.tab.evaluate(
      ({ element, css }) => document.querySelector(element)?.shadowRoot?.querySelector(css)?.textContent.trim() ?? '',
      target,
    );
  }

  async #until(what: string, probe: () => boolean): Promise<void> {
    await until(`${what} for ${this.name}`, PATIENCE_MS, () => this.tab.evaluate(probe, null));
  }
}

const WRITE: Target = { element: 'lms-chat', css: 'textarea' };

function questionWith(text: string): Target {
  return { element: 'lms-qa-panel', css: '[part~="question"]', text };
}

function textsOf(frames: readonly Frame[]): string[] {
  return frames.filter(({ direction }) => direction === 'received').map(({ text }) => text);
}

/** Nobody's page has complained, asked for anything elsewhere, or shown what only a browser shows. */
export function expectClean(people: readonly { readonly tab: Tab }[], expected: readonly RegExp[] = []): void {
  expect(people.flatMap(({ tab }) => tab.record.takeFaults(expected))).toEqual([]);
}

/** All stand at the same place of the class's log, with the same hash of everything up to there. */
export async function expectSameLog(people: readonly Person[]): Promise<void> {
  await eventually(async () => {
    const heads = await Promise.all(people.map((person) => person.head('all')));
    return new Set(heads.map((head) => `${String(head?.offset)} ${String(head?.hash)}`)).size;
  }).toBe(1);
  expect((await people[0]?.head('all'))?.hash).toMatch(/^\S{16,}$/u);
}
