/** A computer with one browser on it: its pages share cookies and storage, and what is stored outlives the browser. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext } from 'playwright-core';
import { browserPath, CHROMIUM_FLAGS } from '../../scripts/browsers.mjs';
import { ChromiumTab } from './chromium.js';
import { closeLater } from './cleanup.js';
import { PageRecord, tellViolations } from './tab.js';
import { until } from './until.js';

const GONE_MS = 10_000;

export interface DeviceOptions {
  /** The servers that pages may talk to. */
  readonly servers: readonly string[];
  /** Run in every page, before its own scripts. */
  readonly scripts?: readonly (() => void)[];
}

export class Device {
  readonly #profile: string;
  readonly #options: DeviceOptions;
  #context: BrowserContext | null = null;

  private constructor(profile: string, options: DeviceOptions) {
    this.#profile = profile;
    this.#options = options;
  }

  static async open(options: DeviceOptions): Promise<Device> {
    const device = new Device(await mkdtemp(join(tmpdir(), 'lms-live-device-')), options);
    closeLater(() => device.#close());
    await device.start();
    return device;
  }

  /** Starts the browser, with what it had stored. */
  async start(): Promise<void> {
    const context = await chromium.launchPersistentContext(this.#profile, {
      executablePath: browserPath('chromium'),
      args: [...CHROMIUM_FLAGS],
      locale: 'en-GB',
    });
    for (const script of [tellViolations, ...(this.#options.scripts ?? [])]) await context.addInitScript(script);
    this.#context = context;
  }

  async tab(): Promise<ChromiumTab> {
    if (!this.#context) throw new Error('The browser is not running.');
    const page = await this.#context.newPage();
    return new ChromiumTab(page, new PageRecord(this.#options.servers), false);
  }

  /** Ends the browser and all its processes as the kernel does it where memory is short: nobody is told before. */
  async kill(): Promise<void> {
    const context = this.#context;
    const browser = context?.browser();
    if (!context || !browser) throw new Error('The browser is not running.');
    this.#context = null;
    const session = await browser.newBrowserCDPSession();
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    const pids = processInfo.map(({ id }) => id);
    for (const pid of pids) killNow(pid);
    await until('the browser is gone', GONE_MS, () => !browser.isConnected() && !pids.some((pid) => isThere(pid)));
  }

  async #close(): Promise<void> {
    await this.#context?.close();
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has gone with another one.
  }
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
