/** Elements in pages of plain HTML: how they are written, what they show, and what they tell the page. */
import type { LmsErrorDetail, RoomClient, RoomState } from '@lms-live/client';
import type { CommandInput, CommandType } from '@lms-live/protocol';
import { Chromium, type ChromiumOptions, type ChromiumTab } from './chromium.js';
import { freePort, Product } from './product.js';
import { type Claims, School, signer } from './school.js';

export interface Shown {
  /** Everything that can be read, in one line. */
  readonly text: string;
  /** The code of what went wrong, or nothing. */
  readonly code: string;
  /** The button that stands below it, or nothing. */
  readonly button: string;
}

export interface SeenEvent {
  readonly type: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

export type PanelTag = 'lms-chat' | 'lms-qa-panel' | 'lms-people';

/** A tag with attributes, as a template engine would write it. */
export function elementHtml(tag: string, attributes: Readonly<Record<string, string>> = {}, content = ''): string {
  const written = Object.entries(attributes).map(
    ([name, value]) => ` ${name}="${value.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')}"`,
  );
  return `<${tag}${written.join('')}>${content}</${tag}>`;
}

/** `<lms-room>` and the panels, as far as tests look into them. */
type RoomElement = HTMLElement & { readonly client: RoomClient | null };

/** A school with plain pages, the live server that it uses, and a browser. */
export class Bench {
  readonly school: School;
  readonly product: Product;
  /** An address where nobody answers. */
  readonly deadServer: string;
  readonly token: (claims?: Claims) => string;
  readonly #chromium: Chromium;

  private constructor(school: School, product: Product, chromium: Chromium, deadServer: string) {
    this.school = school;
    this.product = product;
    this.deadServer = deadServer;
    this.token = signer(product.liveUrl);
    this.#chromium = chromium;
  }

  /** @param device what the browser is given beside the servers */
  static async open(device: Omit<ChromiumOptions, 'servers'> = {}): Promise<Bench> {
    const school = await School.open();
    const product = await Product.start({ tenants: school.tenants });
    const deadServer = `http://localhost:${await freePort()}`;
    const elsewhere = school.origin.replace('localhost', '127.0.0.1');
    const chromium = await Chromium.launch({
      ...device,
      servers: [product.liveUrl, school.origin, elsewhere, deadServer],
    });
    return new Bench(school, product, chromium, deadServer);
  }

  /** The strictest policy that the elements work under: their own script, their connections, Lit's one way to make nodes. */
  get policy(): string {
    const servers = [this.product.liveUrl, this.deadServer].flatMap((url) => [url, url.replace('http', 'ws')]);
    return [
      "default-src 'none'",
      `script-src ${this.product.liveUrl}`,
      `connect-src 'self' ${servers.join(' ')}`,
      "base-uri 'none'",
      "require-trusted-types-for 'script'",
      'trusted-types lit-html',
    ].join('; ');
  }

  async tab(): Promise<PlainTab> {
    const tab = await this.#chromium.tab();
    await tab.page.addInitScript(recordEvents);
    return new PlainTab(this, tab);
  }

  /** Calls the HTTP API of the live server. @returns the status and the body as text */
  async api(
    method: string,
    path: string,
    { claims = {}, body }: { readonly claims?: Claims; readonly body?: unknown } = {},
  ): Promise<{ status: number; text: string }> {
    const response = await fetch(`${this.product.liveUrl}/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.token({ role: 'service', ...claims })}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, text: await response.text() };
  }

  /** Makes a class, or changes one, as the back end of the school. */
  async putRoom(room: string, settings: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const { status, text } = await this.api('PUT', `/rooms/${room}`, { claims: { room }, body: settings });
    if (status >= 300) throw new Error(`The class was not made: ${text}`);
  }

  /** Makes a class that is under way without anybody in it. */
  async liveRoom(room: string, settings: Readonly<Record<string, unknown>> = {}): Promise<void> {
    await this.putRoom(room, settings);
    const { status, text } = await this.api('POST', `/rooms/${room}/start`, { claims: { room } });
    if (status >= 300) throw new Error(`The class was not started: ${text}`);
  }
}

/** A tab with a page of the school. */
export class PlainTab {
  readonly tab: ChromiumTab;
  readonly #bench: Bench;

  constructor(bench: Bench, tab: ChromiumTab) {
    this.#bench = bench;
    this.tab = tab;
  }

  /** Opens a page with this in it. @param policy its Content-Security-Policy; null: none @param from another name of the school */
  async show(body: string, { policy = this.#bench.policy, from }: ShowOptions = {}): Promise<void> {
    const { school, product } = this.#bench;
    const url = school.page(pageHtml({ sdk: `${product.liveUrl}/sdk/lms-live.js`, body }), policy);
    await this.tab.open(from === undefined ? url : url.replace(school.origin, from));
  }

  /** What the first element of a kind shows. */
  shown(tag: PanelTag): Promise<Shown> {
    return this.tab.page.evaluate((name) => {
      const base = document.querySelector(name)?.shadowRoot?.querySelector<HTMLElement>('[part="base"]');
      const textOf = (css: string): string => base?.querySelector(css)?.textContent.trim() ?? '';
      return {
        text: (base?.innerText ?? '').replace(/\s+/gu, ' ').trim(),
        code: textOf('[part~="error-code"]'),
        button: textOf('[part~="error"] button'),
      };
    }, tag);
  }

  /** Presses the button below what went wrong. */
  async mend(tag: PanelTag): Promise<void> {
    await this.tab.click({ element: tag, css: '[part~="error"] button' });
  }

  /** Where the first element of a kind is on its way; `none` without a connection. */
  connection(tag: string): Promise<RoomState['connection']['state'] | 'none'> {
    return this.tab.page.evaluate(
      (name) => document.querySelector<RoomElement>(name)?.client?.getState().connection.state ?? 'none',
      tag,
    );
  }

  /** Sends a command by the connection of the element that the selector finds. */
  async send<T extends CommandType>(
    selector: string,
    type: T,
    body: CommandInput<T>,
  ): Promise<Readonly<Record<string, unknown>>> {
    return this.tab.evaluate(
      async (command) => {
        const client = document.querySelector<RoomElement>(command.selector)?.client;
        if (!client) throw new Error(`${command.selector} has no connection.`);
        return client.send(command.type, command.body);
      },
      { selector, type, body },
    );
  }

  async post(text: string): Promise<void> {
    await this.tab.fill({ element: 'lms-chat', css: 'textarea' }, text);
    await this.tab.press('Enter');
  }

  /** What elements have told the page, in order. */
  events(): Promise<SeenEvent[]> {
    return this.tab.page.evaluate(() => (globalThis as Recording).seenEvents ?? []);
  }

  async errors(): Promise<LmsErrorDetail[]> {
    const seen = (await this.events()).filter(({ type }) => type === 'lms-error');
    return seen.map(({ detail }) => detail as unknown as LmsErrorDetail);
  }
}

interface ShowOptions {
  readonly policy?: string | null;
  readonly from?: string;
}

type Recording = typeof globalThis & { seenEvents?: SeenEvent[] };

/** Keeps what elements tell; runs in the page, before its own scripts. */
function recordEvents(): void {
  const seen: SeenEvent[] = ((globalThis as Recording).seenEvents = []);
  for (const type of ['lms-error', 'lms-joined', 'lms-left', 'lms-connection-changed', 'lms-room-opened'])
    document.addEventListener(type, (event) =>
      seen.push({ type, detail: { ...(event as CustomEvent<Record<string, unknown>>).detail } }),
    );
}

function pageHtml({ sdk, body }: { readonly sdk: string; readonly body: string }): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>A lesson</title>
    <script type="module" src="${sdk}"></script>
  </head>
  <body>
    ${body}
  </body>
</html>`;
}
