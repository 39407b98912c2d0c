/** The demo's people in the class that is under way, each in front of a browser. */
import type { BrowserContextOptions } from 'playwright-core';
import { Chromium, type ChromiumTab } from './chromium.js';
import { Firefox } from './firefox.js';
import { Person } from './person.js';
import { Product } from './product.js';

export const TEACHER = 'Amara Okafor';
export const ASSISTANT = 'Jonas Lindqvist';
export const MEI = 'Mei Tanaka';
export const NOOR = 'Noor Haddad';
export const SAMUEL = 'Samuel O’Brien';

/** With the tab, for what only Chromium can do. */
export type InChromium = Person & { readonly tab: ChromiumTab };

interface ArrivalOptions extends BrowserContextOptions {
  /** A device of their own. */
  readonly on?: Chromium;
}

export class Classroom {
  readonly product: Product;
  readonly #chromium: Chromium;
  #firefox: Firefox | null = null;

  private constructor(product: Product, chromium: Chromium) {
    this.product = product;
    this.#chromium = chromium;
  }

  static async open(): Promise<Classroom> {
    const product = await Product.start();
    return new Classroom(product, await Chromium.launch({ servers: serversOf(product) }));
  }

  /** A Chromium of its own, for somebody who does something with the whole of it. */
  async newDevice(): Promise<Chromium> {
    return Chromium.launch({ servers: serversOf(this.product) });
  }

  /** Somebody in Chromium, signed in and in the class. */
  async enter(name: string, options?: ArrivalOptions): Promise<InChromium> {
    const person = await this.arrive(name, options);
    await person.openClass();
    return person;
  }

  /** Somebody in Chromium who has signed in, and is at their courses. */
  async arrive(name: string, { on = this.#chromium, ...options }: ArrivalOptions = {}): Promise<InChromium> {
    const tab = await on.tab(options);
    const person = new Person({ name, tab, product: this.product });
    await person.signIn();
    return person as InChromium;
  }

  /** A tab in which nobody has signed in. */
  async guest(options?: BrowserContextOptions): Promise<{ readonly tab: ChromiumTab }> {
    return { tab: await this.#chromium.tab(options) };
  }

  async enterInFirefox(name: string): Promise<Person> {
    this.#firefox ??= await Firefox.launch({ servers: serversOf(this.product) });
    const person = new Person({ name, tab: await this.#firefox.tab(), product: this.product });
    await person.signIn();
    await person.openClass();
    return person;
  }
}

function serversOf({ lmsUrl, liveUrl }: Product): readonly string[] {
  return [lmsUrl, liveUrl];
}
