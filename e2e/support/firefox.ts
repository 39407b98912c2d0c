/** Firefox ESR over WebDriver BiDi, which is the way in that a browser from a distribution has. */
import puppeteer, { type Browser, type ElementHandle, type KeyInput, type Page } from 'puppeteer-core';
import { browserPath } from '../../scripts/browsers.mjs';
import { closeLater } from './cleanup.js';
import { findTarget, type Frame, PageRecord, type Tab, type Target, tellViolations } from './tab.js';
import { PATIENCE_MS, until } from './until.js';

export interface FirefoxOptions {
  /** The servers that pages may talk to. */
  readonly servers: readonly string[];
  /** Its settings, by name. */
  readonly prefs?: Readonly<Record<string, boolean | number | string>>;
  /** Run in every page, before its own scripts. */
  readonly scripts?: readonly (() => void)[];
}

export class Firefox {
  readonly #browser: Browser;
  readonly #options: FirefoxOptions;

  private constructor(browser: Browser, options: FirefoxOptions) {
    this.#browser = browser;
    this.#options = options;
  }

  static async launch(options: FirefoxOptions): Promise<Firefox> {
    const browser = await puppeteer.launch({
      browser: 'firefox',
      executablePath: browserPath('firefox'),
      headless: true,
      protocol: 'webDriverBiDi',
      ...(options.prefs && { extraPrefsFirefox: options.prefs }),
    });
    closeLater(() => browser.close());
    return new Firefox(browser, options);
  }

  async tab(): Promise<FirefoxTab> {
    const context = await this.#browser.createBrowserContext();
    const page = await context.newPage();
    await page.setViewport({ width: 1280, height: 900 });
    for (const script of [tellViolations, recordFrames, ...(this.#options.scripts ?? [])])
      await page.evaluateOnNewDocument(script);
    return new FirefoxTab(page, new PageRecord(this.#options.servers));
  }
}

class FirefoxTab implements Tab {
  readonly record: PageRecord;
  readonly #page: Page;
  readonly #frames: Frame[] = [];

  constructor(page: Page, record: PageRecord) {
    this.#page = page;
    this.record = record;
    page.on('console', (message) => message.type() === 'error' && record.errors.push(message.text()));
    page.on('pageerror', (error) => record.errors.push(error instanceof Error ? error.message : String(error)));
    page.on('request', (request) => record.request(request.url()));
    page.on('dialog', (dialog) => {
      record.dialogs.push(dialog.message());
      void dialog.dismiss();
    });
  }

  async open(url: string): Promise<void> {
    await this.#takeFrames();
    await this.#page.goto(url);
  }

  async reload(): Promise<void> {
    await this.#takeFrames();
    await this.#page.reload();
  }

  async evaluate<R, A>(run: (argument: A) => R | Promise<R>, argument: A): Promise<R> {
    return (this.#page.evaluate as (run: unknown, argument: unknown) => Promise<R>)(run, argument);
  }

  async has(target: Target): Promise<boolean> {
    const found = await this.#page.evaluateHandle(findTarget, target);
    const isThere = found.asElement() !== null;
    await found.dispose();
    return isThere;
  }

  async click(target: Target): Promise<void> {
    await this.#with(target, (handle) => handle.click());
  }

  async point(target: Target): Promise<void> {
    await this.#with(target, (handle) => handle.hover());
  }

  async fill(target: Target, text: string): Promise<void> {
    await this.#with(target, async (handle) => {
      await handle.focus();
      await handle.evaluate((field, written) => {
        (field as HTMLTextAreaElement).value = written;
        field.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true }));
      }, text);
    });
  }

  async press(key: string): Promise<void> {
    await this.#page.keyboard.press(key as KeyInput);
  }

  async frames(): Promise<readonly Frame[]> {
    await this.#takeFrames();
    return this.#frames;
  }

  async close(): Promise<void> {
    await this.#page.browserContext().close();
  }

  async #takeFrames(): Promise<void> {
    this.#frames.push(...(await this.#page.evaluate(() => (globalThis as Recording).recordedFrames?.splice(0) ?? [])));
  }

  async #with(target: Target, act: (handle: ElementHandle) => Promise<void>): Promise<void> {
    await until(`${JSON.stringify(target)} can be used`, PATIENCE_MS, async () => {
      const found = await this.#page.evaluateHandle(findTarget, target);
      const handle = found.asElement() as ElementHandle | null;
      if (!handle) return false;
      try {
        await act(handle);
        return true;
      } catch (error) {
        if (await handle.evaluate((node) => node.isConnected)) throw error;
        return false;
      } finally {
        await handle.dispose();
      }
    });
  }
}

type Recording = typeof globalThis & { recordedFrames?: Frame[] };

/** BiDi tells nothing of WebSockets, so the page does; runs in the page, before its own scripts. */
function recordFrames(): void {
  const frames: Frame[] = ((globalThis as Recording).recordedFrames = []);
  globalThis.WebSocket = class extends WebSocket {
    constructor(...given: ConstructorParameters<typeof WebSocket>) {
      super(...given);
      this.addEventListener('message', ({ data }) => frames.push({ direction: 'received', text: String(data) }));
    }

    override send(data: Parameters<WebSocket['send']>[0]): void {
      frames.push({ direction: 'sent', text: typeof data === 'string' ? data : '' });
      super.send(data);
    }
  };
}
