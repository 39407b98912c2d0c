/**
 * A page that the browser freezes and wakes as it does with those that nobody looks at (Page Lifecycle). It is driven by another library than the rest:
 * Playwright keeps its pages in front, and what is in front cannot be frozen.
 */
import puppeteer, { type CDPSession, type Page } from 'puppeteer-core';
import type { RoomClient } from '@lms-live/client';
import { browserPath, CHROMIUM_FLAGS } from '../../scripts/browsers.mjs';
import { closeLater } from './cleanup.js';
import { readMessages } from './shown.js';
import { PATIENCE_MS } from './until.js';

type RoomElement = HTMLElement & { readonly client: RoomClient | null };

/** When things happened, by the clock of the page; null: not yet. */
export interface Noted {
  frozen: number | null;
  resumed: number | null;
  /** The class shows the message that was watched for. */
  complete: number | null;
}

type NotingPage = typeof globalThis & { notedDown?: Noted };

export class FreezablePage {
  readonly #page: Page;
  readonly #session: CDPSession;

  private constructor(page: Page, session: CDPSession) {
    this.#page = page;
    this.#session = session;
  }

  /** Somebody of the demo LMS, signed in and in a class. */
  static async open({ name, lmsUrl, room }: { name: string; lmsUrl: string; room: string }): Promise<FreezablePage> {
    const browser = await puppeteer.launch({ executablePath: browserPath('chromium'), args: [...CHROMIUM_FLAGS] });
    closeLater(() => browser.close());
    const page = await browser.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    await page.goto(`${lmsUrl}/sign-in`);
    const signedIn = page.waitForNavigation();
    await page.evaluate((who) => {
      [...document.querySelectorAll<HTMLElement>('button.person')]
        .find(({ textContent }) => textContent.includes(who))
        ?.click();
    }, name);
    await signedIn;
    await page.goto(`${lmsUrl}/classes/${room}`);
    await page.waitForFunction(() => {
      const state = document.querySelector<RoomElement>('lms-room')?.client?.getState();
      return state?.connection.state === 'online' && state.connection.synced && state.joined;
    });
    return new FreezablePage(page, await page.createCDPSession());
  }

  /** Notes down from now on when it is frozen, when it wakes, and when the class shows this message. */
  async watchFor(text: string): Promise<void> {
    await this.#page.evaluate((last) => {
      const noted: Noted = { frozen: null, resumed: null, complete: null };
      (globalThis as NotingPage).notedDown = noted;
      document.addEventListener('freeze', () => (noted.frozen = performance.now()));
      document.addEventListener('resume', () => (noted.resumed = performance.now()));
      document.querySelector<RoomElement>('lms-room')?.client?.subscribe((state) => {
        if ([...state.views.all.messages].at(-1)?.text === last) noted.complete ??= performance.now();
      });
    }, text);
  }

  async freeze(): Promise<void> {
    await this.#session.send('Page.setWebLifecycleState', { state: 'frozen' });
  }

  async wake(): Promise<void> {
    await this.#session.send('Page.setWebLifecycleState', { state: 'active' });
  }

  async noted(): Promise<Noted> {
    const noted = await this.#page.evaluate(() => (globalThis as NotingPage).notedDown);
    return noted ?? { frozen: null, resumed: null, complete: null };
  }

  /** What the chat shows that begins so, in its order. */
  async messages(beginning: string): Promise<string[]> {
    return (await this.#page.evaluate(readMessages))
      .map(({ text }) => text)
      .filter((text) => text.startsWith(beginning));
  }
}
