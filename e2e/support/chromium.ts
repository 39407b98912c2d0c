import { chromium, type Browser, type BrowserContextOptions, type ElementHandle, type Page } from 'playwright-core';
import { browserPath, CHROMIUM_FLAGS } from '../../scripts/browsers.mjs';
import { closeLater } from './cleanup.js';
import { findTarget, type Frame, PageRecord, type Tab, type Target, tellViolations } from './tab.js';
import { PATIENCE_MS, until } from './until.js';

export interface ChromiumOptions {
  /** The servers that pages may talk to. */
  readonly servers: readonly string[];
  /** What is started in its place, such as one that starts it in another network. */
  readonly program?: string;
  /** Beside those of every Chromium. */
  readonly flags?: readonly string[];
  /** Run in every page, before its own scripts. */
  readonly scripts?: readonly (() => void)[];
}

/** One browser; each of its tabs has a context of its own: nobody shares a session. */
export class Chromium {
  readonly #browser: Browser;
  readonly #options: ChromiumOptions;
  #asleep: readonly number[] = [];

  private constructor(browser: Browser, options: ChromiumOptions) {
    this.#browser = browser;
    this.#options = options;
  }

  static async launch(options: ChromiumOptions): Promise<Chromium> {
    const args = [...CHROMIUM_FLAGS, ...(options.flags ?? [])];
    const browser = await chromium.launch({ executablePath: options.program ?? browserPath('chromium'), args });
    const device = new Chromium(browser, options);
    closeLater(() => device.#close());
    return device;
  }

  async tab(options: BrowserContextOptions = {}): Promise<ChromiumTab> {
    const context = await this.#browser.newContext({ locale: 'en-GB', ...options });
    for (const script of [tellViolations, ...(this.#options.scripts ?? [])]) await context.addInitScript(script);
    const page = await context.newPage();
    return new ChromiumTab(page, new PageRecord(this.#options.servers), options.hasTouch ?? false);
  }

  /** Stops its processes, as a device that falls asleep does: connections stay as they are, and nobody answers. */
  async sleep(): Promise<void> {
    const session = await this.#browser.newBrowserCDPSession();
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    this.#asleep = processInfo.map(({ id }) => id);
    for (const pid of this.#asleep) process.kill(pid, 'SIGSTOP');
  }

  wake(): void {
    for (const pid of this.#asleep) process.kill(pid, 'SIGCONT');
    this.#asleep = [];
  }

  async #close(): Promise<void> {
    this.wake();
    await this.#browser.close();
  }
}

export class ChromiumTab implements Tab {
  readonly page: Page;
  readonly record: PageRecord;
  readonly #frames: Frame[] = [];
  readonly #hasTouch: boolean;

  constructor(page: Page, record: PageRecord, hasTouch: boolean) {
    this.page = page;
    this.record = record;
    this.#hasTouch = hasTouch;
    page.on('console', (message) => message.type() === 'error' && record.errors.push(message.text()));
    page.on('pageerror', (error) => record.errors.push(error.message));
    page.on('request', (request) => record.request(request.url()));
    page.on('dialog', (dialog) => {
      record.dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    page.on('websocket', (socket) => {
      record.sockets.opened += 1;
      record.request(socket.url());
      socket.on('close', () => (record.sockets.closed += 1));
      socket.on('framesent', ({ payload }) => this.#frames.push({ direction: 'sent', text: String(payload) }));
      socket.on('framereceived', ({ payload }) => this.#frames.push({ direction: 'received', text: String(payload) }));
    });
  }

  async open(url: string): Promise<void> {
    await this.page.goto(url);
  }

  async reload(): Promise<void> {
    await this.page.reload();
  }

  async evaluate<R, A>(run: (argument: A) => R | Promise<R>, argument: A): Promise<R> {
    // Playwright's own type maps handles within the argument, which a type parameter cannot follow.
    const evaluate = (): Promise<R> =>
      (this.page.evaluate as (run: unknown, argument: unknown) => Promise<R>)(run, argument);
    return evaluate().catch((error: unknown) => {
      if (!(error instanceof Error && error.message.includes('Execution context was destroyed'))) throw error;
      // The page went away for another one: that one is meant.
      return evaluate();
    });
  }

  async has(target: Target): Promise<boolean> {
    const found = await this.page.evaluateHandle(findTarget, target);
    const isThere = found.asElement() !== null;
    await found.dispose();
    return isThere;
  }

  async click(target: Target): Promise<void> {
    await this.#with(target, (handle) =>
      this.#hasTouch ? handle.tap({ timeout: PATIENCE_MS }) : handle.click({ timeout: PATIENCE_MS }),
    );
  }

  async point(target: Target): Promise<void> {
    await this.#with(target, (handle) =>
      this.#hasTouch ? handle.tap({ timeout: PATIENCE_MS }) : handle.hover({ timeout: PATIENCE_MS }),
    );
  }

  async fill(target: Target, text: string): Promise<void> {
    await this.#with(target, (handle) => handle.fill(text, { timeout: PATIENCE_MS }));
  }

  async press(key: string): Promise<void> {
    await this.page.keyboard.press(key);
  }

  async frames(): Promise<readonly Frame[]> {
    return this.#frames;
  }

  /** Takes a permission back, as somebody does in the settings of the browser. */
  async deny(permission: string): Promise<void> {
    const context = this.page.context();
    const browser = await context.browser()?.newBrowserCDPSession();
    const session = await context.newCDPSession(this.page);
    const { targetInfo } = await session.send('Target.getTargetInfo');
    await browser?.send('Browser.setPermission', {
      permission: { name: permission },
      setting: 'denied',
      origin: new URL(this.page.url()).origin,
      ...(targetInfo.browserContextId !== undefined && { browserContextId: targetInfo.browserContextId }),
    });
    await Promise.all([browser?.detach(), session.detach()]);
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }

  /** Waits for a target and acts on it; once more where the page has replaced it in between. */
  async #with(target: Target, act: (handle: ElementHandle) => Promise<void>): Promise<void> {
    await until(`${JSON.stringify(target)} can be used`, PATIENCE_MS, async () => {
      const found = await this.page.evaluateHandle(findTarget, target);
      const handle = found.asElement();
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
