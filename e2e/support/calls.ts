/** The demo's people in its classes with video, each in front of a browser that has a camera. */
import type { BrowserContextOptions } from 'playwright-core';
import { FAKE_DEVICES, FIREFOX_FAKE_DEVICES } from '../../scripts/browsers.mjs';
import { CallPerson } from './call-person.js';
import { Chromium, type ChromiumTab } from './chromium.js';
import { Firefox } from './firefox.js';
import { Person } from './person.js';
import { Product } from './product.js';
import type { Tab } from './tab.js';
import { placeWitness } from './witness.js';

/** With the tab, for what only Chromium can do. */
export type CallerInChromium = CallPerson & { readonly tab: ChromiumTab };

export class Calls {
  readonly product: Product;
  readonly #chromium: Chromium;
  #firefox: Firefox | null = null;

  private constructor(product: Product, chromium: Chromium) {
    this.product = product;
    this.#chromium = chromium;
  }

  /** @param flags what devices there are; default: a camera, a microphone and a screen, given to every page */
  static async open(flags: readonly string[] = FAKE_DEVICES): Promise<Calls> {
    const product = await Product.start();
    const chromium = await Chromium.launch({ servers: serversOf(product), flags, scripts: [placeWitness] });
    return new Calls(product, chromium);
  }

  /** Somebody who has signed in. */
  async arrive(name: string, options?: BrowserContextOptions): Promise<CallerInChromium> {
    return (await this.#signedIn(name, await this.#chromium.tab(options))) as CallerInChromium;
  }

  async arriveInFirefox(name: string): Promise<CallPerson> {
    this.#firefox ??= await Firefox.launch({
      servers: serversOf(this.product),
      prefs: FIREFOX_FAKE_DEVICES,
      scripts: [placeWitness],
    });
    return this.#signedIn(name, await this.#firefox.tab());
  }

  /** Where a class is. */
  urlOf(classId: string): string {
    return `${this.product.lmsUrl}/classes/${classId}`;
  }

  async #signedIn(name: string, tab: Tab): Promise<CallPerson> {
    await new Person({ name, tab, product: this.product }).signIn();
    return new CallPerson({ name, tab });
  }
}

function serversOf({ lmsUrl, liveUrl }: Product): readonly string[] {
  return [lmsUrl, liveUrl];
}
